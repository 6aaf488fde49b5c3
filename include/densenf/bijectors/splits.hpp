#pragma once

#include <string>
#include <type_traits>

#include "densenf/bijectors/type_name.hpp"
#include "densenf/core/shape.hpp"
#include "densenf/kernels/where.hpp"
#include "densenf/ops/coupling.hpp"
#include "densenf/ops/layout.hpp"

// How a coupling splits its input into what stays and what changes. A split is a type with
//
//   static constexpr void require(Shape in);              // calls shape_mismatch for what cannot be split
//   static constexpr Index kept(Index c), changed(Index c);   // channels of what the next two return
//   static V kept(const V& x), changed(const V& x);       // views of x that hold what stays and what changes
//   static auto where(const V& x);                        // the pixels of changed(x) that do change
//   static V seen(const Ctx&, const V& x);                // what the network looks at: nothing that changes
//   static void keep_into(const Ctx&, const V& x, const V& z);   // z = x where a transform of changed(x)
//   leaves z
//
// A network makes raw numbers for each channel of changed(x) at each pixel; the transform uses those `where`.
namespace densenf {

namespace detail {

/// What the splits of channels have in common: at every pixel, the network sees what stays.
template <class Derived>
struct ChannelSplit {
  template <class V>
  static constexpr kernels::Everywhere where(const V&) {
    return {};
  }
  template <class Ctx, class V = typename Ctx::Value>
  static V seen(const Ctx&, const V& x) {
    return Derived::kept(x);
  }
  template <class Ctx, class V = typename Ctx::Value>
  static void keep_into(const Ctx& ctx, const V& x, const V& z) {
    ops::copy_into(ctx, Derived::kept(x), Derived::kept(z));
  }
};

}  // namespace detail

/// The first channels stay and the last ones change. `Derived` says how many do: `share(c)` of c.
template <class Derived>
struct LastChannels : detail::ChannelSplit<Derived> {
  static constexpr void require(Shape in) {
    if (in.c < 2)
      shape_mismatch("A coupling needs at least two channels, one to look at and one to change.", in);
  }
  static constexpr Index kept(Index c) { return c - Derived::share(c); }
  static constexpr Index changed(Index c) { return Derived::share(c); }
  template <class V>
  static constexpr V kept(const V& x) {
    return x.channels(0, kept(x.c()));
  }
  template <class V>
  static constexpr V changed(const V& x) {
    return x.channels(kept(x.c()), changed(x.c()));
  }
};

/// The first half of the channels stays, the larger one when their number is odd.
struct ChannelHalves : LastChannels<ChannelHalves> {
  static constexpr Index share(Index c) { return c / 2; }
};

/// The second half of the channels stays, the larger one when their number is odd, and the first changes.
struct SecondHalfStays : detail::ChannelSplit<SecondHalfStays> {
  static constexpr void require(Shape in) { ChannelHalves::require(in); }
  static constexpr Index kept(Index c) { return c - c / 2; }
  static constexpr Index changed(Index c) { return c / 2; }
  template <class V>
  static constexpr V kept(const V& x) {
    return x.channels(changed(x.c()), kept(x.c()));
  }
  template <class V>
  static constexpr V changed(const V& x) {
    return x.channels(0, changed(x.c()));
  }
};

/// What stays by a split into channels changes, and what changes stays: behind a Coupling with that split one
/// with this changes the other channels, and no permutation is needed between them.
template <class Split>
struct Opposite : detail::ChannelSplit<Opposite<Split>> {
  static_assert(std::is_base_of_v<detail::ChannelSplit<Split>, Split>,
                "An Opposite needs a split into channels, such as ChannelHalves.");
  static std::string type_name() { return fmt::format("Opposite<{}>", detail::type_name_of<Split>()); }
  static constexpr void require(Shape in) { Split::require(in); }
  static constexpr Index kept(Index c) { return Split::changed(c); }
  static constexpr Index changed(Index c) { return Split::kept(c); }
  template <class V>
  static constexpr V kept(const V& x) {
    return Split::changed(x);
  }
  template <class V>
  static constexpr V changed(const V& x) {
    return Split::kept(x);
  }
};

/// The last 1 / Parts of the channels change, rounded down.
template <int Parts>
struct LastOf : LastChannels<LastOf<Parts>> {
  static_assert(Parts > 1, "A part of the channels changes, and the others stay.");
  static constexpr void require(Shape in) {
    if (in.c < Parts)
      shape_mismatch("A coupling that changes a part of the channels needs at least one in it.", in);
  }
  static constexpr Index share(Index c) { return c / Parts; }
};

namespace detail {

/// What the splits of pixels have in common: some pixels change with all their channels, and the network sees
/// the whole image, with zeros there. `Derived` says where, in where(x).
template <class Derived>
struct PixelSplit {
  static constexpr Index kept(Index c) { return c; }
  static constexpr Index changed(Index c) { return c; }
  template <class V>
  static constexpr V kept(const V& x) {
    return x;
  }
  template <class V>
  static constexpr V changed(const V& x) {
    return x;
  }
  template <class Ctx, class V = typename Ctx::Value>
  static V seen(const Ctx& ctx, const V& x) {
    return ops::hide(ctx, x, Derived::where(x));
  }
  template <class Ctx, class V = typename Ctx::Value>
  static void keep_into(const Ctx&, const V&, const V&) {}  // the transform writes every pixel of z
};

}  // namespace detail

/// The pixels change of which row + column is even (Parity 0) or odd (1), with all their channels. The
/// network sees the whole image, with zeros where it changes.
template <int Parity>
struct Checkerboard : detail::PixelSplit<Checkerboard<Parity>> {
  static_assert(Parity == 0 || Parity == 1, "The parity of a Checkerboard is 0 or 1.");
  static std::string type_name() { return fmt::format("Checkerboard<{}>", Parity); }
  static constexpr void require(Shape in) {
    if (in.pixels() < 2)
      shape_mismatch("A Checkerboard needs at least two pixels, one to look at and one to change.", in);
  }
  template <class V>
  static constexpr kernels::CheckerboardWhere where(const V& x) {
    return {x.value.h, x.value.w, Parity};
  }
};

/// The even columns (Parity 0) or the odd ones (1) change, with all their channels. The network sees the
/// whole image, with zeros where it changes. For several couplings on the same halves, FoldColumns and a
/// split of channels spare their networks the zeros, half of the image, but want an even number of columns.
template <int Parity>
struct ColumnSplit : detail::PixelSplit<ColumnSplit<Parity>> {
  static_assert(Parity == 0 || Parity == 1, "The parity of a ColumnSplit is 0 or 1.");
  static std::string type_name() { return fmt::format("ColumnSplit<{}>", Parity); }
  static constexpr void require(Shape in) {
    if (in.w < 2)
      shape_mismatch("A ColumnSplit needs at least two columns, one to look at and one to change.", in);
  }
  /// Each row is a checkerboard of its own.
  template <class V>
  static constexpr kernels::CheckerboardWhere where(const V& x) {
    return {1, x.value.w, Parity};
  }
};

}  // namespace densenf
