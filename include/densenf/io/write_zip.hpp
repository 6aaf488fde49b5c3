#pragma once

#include <zip.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "densenf/io/file.hpp"

namespace densenf {

/// A file to be put inside a zip file.
struct ZipContents {
  std::string name;
  std::string bytes;
};

namespace detail {

struct ZipClose {
  void operator()(zip_t* archive) const { ::zip_discard(archive); }
  void operator()(zip_source_t* source) const { ::zip_source_free(source); }
};

/// A zip file in memory, its members stored as they are. Throws FileError, which names `path`, when libzip
/// fails.
inline std::vector<std::byte> zip_bytes(std::span<const ZipContents> members,
                                        const std::filesystem::path& path) {
  zip_error_t error;
  ::zip_error_init(&error);
  const auto fail = [&](zip_error_t* of) {
    const std::string reason = ::zip_error_strerror(of);
    ::zip_error_fini(&error);
    throw FileError("Zip file '{}' cannot be made: {}.", path.string(), reason);
  };
  const std::unique_ptr<zip_source_t, ZipClose> out(::zip_source_buffer_create(nullptr, 0, 0, &error));
  if (!out) fail(&error);
  ::zip_source_keep(out.get());  // one reference for the archive, one to read it
  std::unique_ptr<zip_t, ZipClose> archive(::zip_open_from_source(out.get(), ZIP_TRUNCATE, &error));
  if (!archive) {
    ::zip_source_free(out.get());
    fail(&error);
  }
  for (const ZipContents& m : members) {
    zip_source_t* const bytes = ::zip_source_buffer(archive.get(), m.bytes.data(), m.bytes.size(), 0);
    if (bytes == nullptr) fail(::zip_get_error(archive.get()));
    const zip_int64_t index = ::zip_file_add(archive.get(), m.name.c_str(), bytes, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      ::zip_source_free(bytes);
      fail(::zip_get_error(archive.get()));
    }
    if (::zip_set_file_compression(archive.get(), static_cast<zip_uint64_t>(index), ZIP_CM_STORE, 0) != 0)
      fail(::zip_get_error(archive.get()));
  }
  if (::zip_close(archive.get()) != 0) fail(::zip_get_error(archive.get()));
  static_cast<void>(archive.release());

  zip_stat_t status;
  if (::zip_source_stat(out.get(), &status) != 0 || ::zip_source_open(out.get()) != 0)
    fail(::zip_source_error(out.get()));
  std::vector<std::byte> bytes(static_cast<std::size_t>(status.size));
  const zip_int64_t got = ::zip_source_read(out.get(), bytes.data(), bytes.size());
  ::zip_source_close(out.get());
  if (got != std::ssize(bytes)) fail(::zip_source_error(out.get()));
  return bytes;
}

}  // namespace detail

/// Writes a zip file with these members, stored as they are, in this order: as a whole or not at all. Throws
/// FileError when it cannot be written.
inline void write_zip(const std::filesystem::path& path, std::span<const ZipContents> members) {
  const std::vector<std::byte> bytes = detail::zip_bytes(members, path);
  AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace densenf
