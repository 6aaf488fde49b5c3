#pragma once

// Which kernels over a type of the program's own a device has. Templates are there for all types, unless they
// are in a library: that has them for densenf's own types, and a program with others includes the header that
// defines them.
namespace densenf::kernels {

/// Complete where kernels/cpu/affine.hpp, or kernels/cpu/spline.hpp, has been included beside
/// densenf::compiled.
template <class Map>
struct AffineDefinitions;
template <int Bins>
struct SplineDefinitions;

template <class Device, class Map>
inline constexpr bool affine_at_hand = true;
template <class Device, int Bins>
inline constexpr bool spline_at_hand = true;

}  // namespace densenf::kernels
