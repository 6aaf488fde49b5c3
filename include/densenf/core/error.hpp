#pragma once

// Whether a number is finite decides about training steps, samples and files, all of it in headers.
#if defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__ != 0
#error "densenf looks for NaN, which -ffast-math and -Ofast drop: use -O3, or add -fno-finite-math-only."
#endif

// fmt 9 takes nvcc for a compiler without constexpr, and then does not compile as C++20.
#if defined(__NVCC__) && !defined(FMT_USE_CONSTEXPR)
#define FMT_USE_CONSTEXPR 1
#endif
#include <fmt/core.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "densenf/core/compiled.hpp"

// Every exception that densenf throws derives from densenf::Error; its text is one sentence that says
// what was expected, what came, and what to do. Destructors are not defined in the classes: with
// densenf::compiled they are in the library, and with them the one description of each type by which what
// is thrown in one part of a program is caught in another.
namespace densenf {

#ifdef DENSENF_USE_COMPILED
/// A message with places for Args. Whether it has a place for each is checked where headers are compiled
/// whole: here that would be a tenth of the time that densenf.hpp takes to parse.
template <class... Args>
using MessageFormat = fmt::string_view;
#else
template <class... Args>
using MessageFormat = fmt::format_string<const Args&...>;
#endif

class Error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
  Error(const Error&) = default;
  Error& operator=(const Error&) = default;
  ~Error() override;

  template <class... Args>
  explicit Error(MessageFormat<Args...> format, const Args&... args) requires(sizeof...(Args) > 0)
      : std::runtime_error(fmt::vformat(format, fmt::make_format_args(args...))) {}
};

/// The items of a range with `between` between them. In the place of fmt::join, about whose inside g++ 12
/// warns at -O3 in the programs of those who include it.
template <class Items>
std::string joined(const Items& items, std::string_view between) {
  std::string text;
  std::string_view before;
  for (const auto& item : items) {
    // Not fmt::format_to, for which nvcc compiles long double for the GPU, and warns.
    text += fmt::vformat("{}{}", fmt::make_format_args(before, item));
    before = between;
  }
  return text;
}

namespace detail {
/// Text from a file for a message: what is no printable ASCII character becomes \xNN, so that no byte of a
/// foreign file reaches a terminal, and what is long is cut.
std::string printable(std::string_view text);
/// The same between quotes.
std::string for_message(std::string_view text);
}  // namespace detail

/// A batch, a tensor or a parameter does not have the extents that are needed.
class ShapeError : public Error {
public:
  using Error::Error;
  ShapeError(const ShapeError&) = default;
  ShapeError& operator=(const ShapeError&) = default;
  ~ShapeError() override;
};

/// An option, a name or a value is not one that the call accepts.
class ArgumentError : public Error {
public:
  using Error::Error;
  ArgumentError(const ArgumentError&) = default;
  ArgumentError& operator=(const ArgumentError&) = default;
  ~ArgumentError() override;
};

/// A file is missing, cut short, not what it claims to be, or cannot be written.
class FileError : public Error {
public:
  using Error::Error;
  FileError(const FileError&) = default;
  FileError& operator=(const FileError&) = default;
  ~FileError() override;
};

/// A device has too little memory left. It can still be used: nothing was taken.
class OutOfMemoryError : public Error {
public:
  using Error::Error;
  OutOfMemoryError(const OutOfMemoryError&) = default;
  OutOfMemoryError& operator=(const OutOfMemoryError&) = default;
  ~OutOfMemoryError() override;
};

/// A device is missing or does not do what it is asked to.
class DeviceError : public Error {
public:
  using Error::Error;
  DeviceError(const DeviceError&) = default;
  DeviceError& operator=(const DeviceError&) = default;
  ~DeviceError() override;
};

/// A loss or an activation became infinite or NaN.
class NonFiniteError : public Error {
public:
  using Error::Error;
  NonFiniteError(const NonFiniteError&) = default;
  NonFiniteError& operator=(const NonFiniteError&) = default;
  ~NonFiniteError() override;
};

/// An iteration that should come to rest does not.
class ConvergenceError : public Error {
public:
  using Error::Error;
  ConvergenceError(const ConvergenceError&) = default;
  ConvergenceError& operator=(const ConvergenceError&) = default;
  ~ConvergenceError() override;
};

}  // namespace densenf

#ifndef DENSENF_USE_COMPILED
#include "densenf/core/error_members.hpp"
#endif
