#pragma once

#include <charconv>
#include <optional>
#include <string>

#include "densenf/io/safetensors.hpp"

// What a safetensors file says about itself: text under keys. By these, a file of weights can name the model
// that it is of; all of them may be missing, and others may be there.
namespace densenf {

inline constexpr const char* model_key = "densenf.model";          ///< the model's name
inline constexpr const char* shape_key = "densenf.shape";          ///< of one image, such as "3x32x32"
inline constexpr const char* condition_key = "densenf.condition";  ///< what the model is conditioned on

/// The metadata of a safetensors file, without its checksum. Throws FileError when it cannot be read.
inline Metadata read_metadata(const std::filesystem::path& path) {
  Metadata metadata = SafetensorsFile(path).metadata();
  metadata.erase(detail::checksum_key);
  return metadata;
}

/// A shape among a file's metadata, as to_string(Shape) writes it; nothing when there is no such key. Throws
/// FileError when something else is there.
inline std::optional<Shape> metadata_shape(const SafetensorsFile& file, const std::string& key = shape_key) {
  const auto found = file.metadata().find(key);
  if (found == file.metadata().end()) return std::nullopt;
  const std::string& text = found->second;
  const char* const end = text.data() + text.size();
  Shape shape{0, 0, 0};
  const char* at = text.data();
  for (Index* extent : {&shape.c, &shape.h, &shape.w}) {
    at = std::from_chars(at, end, *extent).ptr;
    if (at != end) ++at;  // the sign between two extents, which is compared below
  }
  constexpr Index most = 1 << 20;  // so that their product can be counted
  const auto sound = [](Index extent) { return extent >= 1 && extent <= most; };
  if (!sound(shape.c) || !sound(shape.h) || !sound(shape.w) || to_string(shape) != text) {
    throw FileError("The metadata of file '{}' have {} as '{}', where a shape such as 3x32x32 is expected.",
                    file.path().string(), detail::for_message(text), key);
  }
  return shape;
}

}  // namespace densenf
