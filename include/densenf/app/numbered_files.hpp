#pragma once

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "densenf/core/shape.hpp"
#include "densenf/io/file.hpp"

namespace densenf::app {

/// The files of a folder whose names are one text, a number of at least six digits and another text, such as
/// step_000200.png. Others are left alone. Every failure is a FileError.
class NumberedFiles {
public:
  /// Nothing is looked at yet; the folder need not be there.
  NumberedFiles(std::filesystem::path folder, std::string before, std::string after)
      : folder_(std::move(folder)), before_(std::move(before)), after_(std::move(after)) {}

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path path(Index number) const {
    return folder_ / fmt::format("{}{:06}{}", before_, number, after_);
  }

  /// Of the files that are there, in order.
  std::vector<Index> numbers() const {
    std::vector<Index> found;
    std::error_code code;
    std::filesystem::directory_iterator entry(folder_, code);
    if (code == std::errc::no_such_file_or_directory) return found;
    for (const std::filesystem::directory_iterator end; !code && entry != end; entry.increment(code)) {
      const Index number = number_of(entry->path().filename().string());
      if (number >= 0) found.push_back(number);
    }
    if (code) throw FileError("The folder '{}' cannot be read: {}.", folder_.string(), code.message());
    std::sort(found.begin(), found.end());
    return found;
  }

  void remove(Index number) const {
    std::error_code code;
    std::filesystem::remove(path(number), code);
    if (code) throw FileError("'{}' cannot be removed: {}.", path(number).string(), code.message());
  }

private:
  /// -1 for a name that no number has.
  Index number_of(const std::string& name) const {
    Index number = -1;
    if (name.starts_with(before_)) {
      const char* const begin = name.data() + before_.size();
      if (std::from_chars(begin, name.data() + name.size(), number).ec != std::errc()) return -1;
    }
    return number >= 0 && path(number).filename() == name ? number : -1;
  }

  std::filesystem::path folder_;
  std::string before_, after_;
};

}  // namespace densenf::app
