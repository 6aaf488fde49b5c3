#pragma once

#include <array>
#include <vector>

#include "densenf/bijectors/bijector.hpp"
#include "densenf/bijectors/transforms.hpp"
#include "densenf/ops/layout.hpp"

namespace densenf {

/// An image and latents of lower and lower resolution as one batch, as
///
///   Compose<Compose<Squeeze, Augment<Channels>>...>
///
/// makes it of the image. Level 0 is the image; level l is a latent of the l-th number of channels, at a
/// resolution that has been halved l times. Each is squeezed to the resolution of the last, and they lie one
/// behind the other.
template <int... Channels>
class LatentLevels {
  static_assert(sizeof...(Channels) > 0 && ((Channels > 0) && ...),
                "LatentLevels are at least one latent, each of at least one channel.");

public:
  /// The number of latents, and of the last of them.
  static constexpr Index last = sizeof...(Channels);

  static constexpr void require(Shape all) {
    const Index image = channels_of(all, 0);
    if (image < 1 || image % numbers_of_a_pixel(0) != 0)
      shape_mismatch(
          "A hierarchy needs channels of an image, squeezed once for each latent, and of the latents.", all);
  }

  /// The channels of a level by itself.
  static constexpr Index channels(Shape all, Index level) {
    return channels_of(all, level) / numbers_of_a_pixel(level);
  }

  /// Where a level lies in all of them.
  template <class V>
  static constexpr V part(const V& all, Index level) {
    Index first = 0;
    for (Index l = 0; l < level; ++l) first += channels_of(all.shape(), l);
    return all.channels(first, channels_of(all.shape(), level));
  }

  /// A level by itself, from where it lies in all of them.
  template <class Ctx, class V = typename Ctx::Value>
  static V unsqueezed(const Ctx& ctx, V x, Index level) {
    for (Index l = level; l < last; ++l) x = ops::unsqueeze(ctx, x);
    return x;
  }
  /// What belongs to the numbers of a level, as these lie in all of them.
  template <class Ctx, class V = typename Ctx::Value>
  static V squeezed(const Ctx& ctx, V x, Index level) {
    for (Index l = level; l < last; ++l) x = ops::squeeze(ctx, x);
    return x;
  }

private:
  static constexpr std::array<Index, sizeof...(Channels)> latents{Channels...};

  /// Of a channel of this level, at a pixel of the last.
  static constexpr Index numbers_of_a_pixel(Index level) { return Index{1} << (2 * (last - level)); }

  /// Of a level, squeezed.
  static constexpr Index channels_of(Shape all, Index level) {
    if (level > 0) return latents[static_cast<std::size_t>(level - 1)] * numbers_of_a_pixel(level);
    Index image = all.c;
    for (Index l = 1; l <= last; ++l) image -= channels_of(all, l);
    return image;
  }
};

/// Whether a network looks at levels as they are before they change, or after.
enum class Sees { before, after };

/// A network goes through the levels of a hierarchy (LatentLevels), of which it leaves one as it is: from
/// that one it says how the next one changes, from both the one after it, and so on. So a level depends on
/// those that the network has been to, and on itself. Where it sees them after they have changed, the forward
/// pass is found level by level, and where before, the inverse.
///
/// `Transform` says how numbers change (bijectors/transforms.hpp); it takes all scales of a level together.
/// Network is any type with
///
///   static constexpr Index kept(Index last);      // the level that stays, of levels 0 to `last`
///   void declare(Builder&, const std::vector<Index>& channels, Index each);
///   void run(const Ctx&, const See& see, const Change& change) const;
///
/// where `channels` are those of each level by itself, see(level) is the level by itself, and
/// change(level, raw) hands over `each` raw numbers for each of its numbers, over the same height and width.
/// Each level but the one that stays is changed once.
template <class Levels, class Transform, class Network, Sees sees>
class HierarchicalCoupling : public Bijector<HierarchicalCoupling<Levels, Transform, Network, sees>> {
  static_assert(!detail::by_channel<Transform> || Transform::parameters == 1,
                "A HierarchicalCoupling needs a transform that takes all scales before or behind all shifts: "
                "where they lie beside each other a squeeze would mix them.");
  static_assert(
      !requires(Transform & t, Builder& b, Shape s) { t.declare(b, s); },
      "The transform of a HierarchicalCoupling has no parameters of its own.");
  static constexpr Index kept = Network::kept(Levels::last);

public:
  static std::string type_name() {
    return fmt::format("HierarchicalCoupling<{}, {}>", detail::type_name_of<Levels>(),
                       detail::type_name_of<Transform>());
  }

  static constexpr Shape output_shape(Shape in) {
    require_positive(in);
    Levels::require(in);
    return in;
  }

  void declare(Builder& b, Shape in) {
    std::vector<Index> channels;
    for (Index level = 0; level <= Levels::last; ++level) channels.push_back(Levels::channels(in, level));
    network_.declare(b, channels, Transform::parameters);
  }

  template <class Ctx, class V = typename Ctx::Value>
  V forward(const Ctx& ctx, const V& x, LogProb log_prob) const {
    const V z = ctx.output_like(x, x.c());
    keep_into(ctx, x, z);
    for_each_change(ctx, sees == Sees::before ? x : z,
                    [&](Index level, const V& raw) { map_into(ctx, x, raw, level, log_prob, z); });
    return z;
  }

  template <class Ctx, class V = typename Ctx::Value>
  V inverse(const Ctx& ctx, const V& z) const {
    const V x = ctx.output_like(z, z.c());
    keep_into(ctx, z, x);
    for_each_change(ctx, sees == Sees::before ? x : z,
                    [&](Index level, const V& raw) { map_back_into(ctx, z, raw, level, x); });
    return x;
  }

  /// The network runs once, with its adjoints recorded, and serves both the inverse and the backward pass.
  template <class Ctx, class V = typename Ctx::Value>
  void reverse(Ctx& ctx, const V& z, const V& x, LogProb log_prob) const {
    copy(ctx.device(), as_const(Levels::part(z, kept).value), Levels::part(x, kept).value);
    differentiate_again(ctx, as_const(ctx.gradient(z)), log_prob, [&](const auto& c, LogProb unused) {
      const V again = c.variable(z.value);
      keep_into(c, x, again);
      for_each_change(c, sees == Sees::before ? x : again, [&](Index level, const V& raw) {
        map_back_into(c, z, raw, level, x);
        map_into(c, x, raw, level, unused, again);
      });
      return again;
    });
  }

private:
  /// Runs the network over the levels of `seen`, and calls change(level, raw) with what it makes.
  template <class Ctx, class Change, class V>
  void for_each_change(const Ctx& ctx, const V& seen, const Change& change) const {
    network_.run(
        ctx, [&](Index level) { return Levels::unsqueezed(ctx, Levels::part(seen, level), level); },
        [&](Index level, const V& raw) {
          const V squeezed = Levels::squeezed(ctx, raw, level);
          const V changed = Levels::part(seen, level);
          ops::require_batch("The output of a hierarchical coupling's network", squeezed.value, seen.n(),
                             {Transform::parameters * changed.c(), seen.value.h, seen.value.w});
          change(level, squeezed);
        });
  }

  template <class Ctx, class V>
  static void keep_into(const Ctx& ctx, const V& from, const V& to) {
    ops::copy_into(ctx, Levels::part(from, kept), Levels::part(to, kept));
  }

  template <class Ctx, class V>
  static void map_into(const Ctx& ctx, const V& x, const V& raw, Index level, LogProb log_prob, const V& z) {
    Transform::forward_into(ctx, Levels::part(x, level), raw, kernels::Everywhere{}, log_prob,
                            Levels::part(z, level));
  }
  template <class Ctx, class V>
  static void map_back_into(const Ctx& ctx, const V& z, const V& raw, Index level, const V& x) {
    Transform::inverse_into(ctx.evaluating(), Levels::part(z, level), raw, kernels::Everywhere{},
                            Levels::part(x, level));
  }

  Network network_;
};

}  // namespace densenf
