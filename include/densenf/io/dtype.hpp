#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace densenf {

/// The number formats of safetensors files. `other` is any that this table does not know, such as those of
/// fewer than eight bits: its tensors have a name and a place in the file, and cannot be read.
enum class Dtype {
  F64,
  F32,
  F16,
  BF16,
  I64,
  U64,
  I32,
  U32,
  I16,
  U16,
  I8,
  U8,
  BOOL,
  F8_E5M2,
  F8_E4M3,
  C64,
  other
};

struct DtypeName {
  Dtype dtype;
  const char* name;
  std::uint64_t bytes;  ///< of one value; 0 where that is not known
};

inline constexpr std::array<DtypeName, 17> dtype_names{{{Dtype::F64, "F64", 8},
                                                        {Dtype::F32, "F32", 4},
                                                        {Dtype::F16, "F16", 2},
                                                        {Dtype::BF16, "BF16", 2},
                                                        {Dtype::I64, "I64", 8},
                                                        {Dtype::U64, "U64", 8},
                                                        {Dtype::I32, "I32", 4},
                                                        {Dtype::U32, "U32", 4},
                                                        {Dtype::I16, "I16", 2},
                                                        {Dtype::U16, "U16", 2},
                                                        {Dtype::I8, "I8", 1},
                                                        {Dtype::U8, "U8", 1},
                                                        {Dtype::BOOL, "BOOL", 1},
                                                        {Dtype::F8_E5M2, "F8_E5M2", 1},
                                                        {Dtype::F8_E4M3, "F8_E4M3", 1},
                                                        {Dtype::C64, "C64", 8},
                                                        {Dtype::other, "other", 0}}};

constexpr const DtypeName& describe(Dtype dtype) { return dtype_names[static_cast<std::size_t>(dtype)]; }

}  // namespace densenf
