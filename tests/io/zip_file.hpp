#pragma once

#include <zip.h>

#include <filesystem>
#include <string>
#include <vector>

namespace densenf_test {

struct ZipContent {
  std::string name;
  std::string bytes;
  bool packed = false;
};

/// Writes a zip file with these members, as libzip does.
inline void put_zip(const std::filesystem::path& path, const std::vector<ZipContent>& members) {
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
  for (const ZipContent& m : members) {
    const zip_int64_t index =
        zip_file_add(archive, m.name.c_str(), zip_source_buffer(archive, m.bytes.data(), m.bytes.size(), 0),
                     ZIP_FL_ENC_UTF_8);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(index),
                             m.packed ? ZIP_CM_DEFLATE : ZIP_CM_STORE, 0);
  }
  zip_close(archive);
}

}  // namespace densenf_test
