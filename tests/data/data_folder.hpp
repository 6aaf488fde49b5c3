#pragma once

#include <doctest/doctest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace densenf_test {

/// Where the data set `name` lies, in $DENSENF_DATA or beside the source tree; nothing, and a message, when
/// absent.
inline std::optional<std::filesystem::path> data_folder(const std::string& name) {
  const char* set = std::getenv("DENSENF_DATA");
  const std::filesystem::path root =
      set != nullptr ? std::filesystem::path(set)
                     : std::filesystem::path(DENSENF_SOURCE_DIR) / ".." / "shared" / "data";
  if (std::filesystem::exists(root / name)) return root / name;
  MESSAGE("skipped: no data set '" << name << "' in " << root.string()
                                   << " (set DENSENF_DATA to where it is)");
  return std::nullopt;
}

inline void put_packed(const std::filesystem::path& path, const std::string& content) {
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
  gzclose(file);
}

}  // namespace densenf_test
