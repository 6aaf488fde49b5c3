#pragma once

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "densenf/io/file.hpp"

namespace densenf {

namespace detail {

/// The numbers of a line. Throws FileError unless there is one for each column, with commas between them.
inline std::vector<double> curve_row(const std::filesystem::path& path, std::string_view line,
                                     std::size_t columns) {
  std::vector<double> row;
  const char* at = line.data();
  const char* const stop = line.data() + line.size();
  for (;;) {
    const auto [next, error] = std::from_chars(at, stop, row.emplace_back());
    const bool ends = next == stop;
    if (error != std::errc() || (!ends && *next != ',')) {
      throw FileError("File '{}' has the row {}, which is not numbers between commas.", path.string(),
                      for_message(line));
    }
    if (ends) break;
    at = next + 1;
  }
  if (row.size() != columns) {
    throw FileError("File '{}' has the row {} of {} numbers, but names {} columns.", path.string(),
                    for_message(line), row.size(), columns);
  }
  return row;
}

}  // namespace detail

/// A table of numbers in a file that grows row by row, such as a learning curve: a line of column names, then
/// a line per row, separated by commas. Each row is on its way to the file when `append` returns.
class CurveFile {
public:
  /// Starts the file, or goes on with the one that is there. `keep_through`: rows whose first column is
  /// greater are removed, which is what a run needs that resumes from an earlier step. A last line without
  /// its end, left by a run that was killed while writing it, is removed too. Throws ArgumentError when the
  /// columns are not names, FileError when the file has other columns, a row that is not a number for each of
  /// them (the first one no NaN), or cannot be written; then it stays as it is.
  CurveFile(const std::filesystem::path& path, const std::vector<std::string>& columns,
            double keep_through = std::numeric_limits<double>::infinity())
      : path_(path), columns_(columns.size()) {
    for (const std::string& name : columns) {
      if (name.empty() || name.find_first_of(",\"\r\n") != std::string::npos) {
        throw ArgumentError("'{}' cannot name a column: use text without commas, quotes and line ends.",
                            name);
      }
    }
    if (columns.empty()) throw ArgumentError("A curve needs at least one column.");
    const std::string header = fmt::format("{}\n", joined(columns, ","));
    const bool exists = file_exists(path);
    const std::string old = exists ? text() : std::string();
    const std::string kept = !old.empty() ? header + kept_rows(old, header, keep_through) : header;
    if (kept != old) {
      AtomicFile file(path);
      file.write(kept);
      file.commit();
    }
    file_ = detail::Descriptor(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
    if (file_.get() < 0) {
      const int code = errno;
      throw FileError("File '{}' cannot be appended to: {}.", path.string(), detail::system_message(code));
    }
  }

  /// Adds a row; every number is written so that reading it gives the same number. Throws ArgumentError
  /// unless there is one value per column, FileError when the file does not take the row; then it has none of
  /// it.
  void append(std::span<const double> row) {
    if (row.size() != columns_) {
      throw ArgumentError("A row of file '{}' has {} values, not {}.", path_.string(), columns_, row.size());
    }
    const std::string line = fmt::format("{}\n", joined(row, ","));
    detail::append_whole(file_, std::as_bytes(std::span(line)), path_);
  }
  void append(std::initializer_list<double> row) { append(std::span(row.begin(), row.size())); }

  /// Brings all rows to disk, so that they outlive a failure of the machine. Throws FileError.
  void sync() const {
    if (::fsync(file_.get()) == 0) return;
    const int code = errno;
    throw FileError("File '{}' could not be brought to disk: {}.", path_.string(),
                    detail::system_message(code));
  }

private:
  std::string text() const {
    const std::vector<std::byte> bytes = read_file(path_);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  std::string kept_rows(std::string_view rest, const std::string& header, double keep_through) const {
    if (!rest.starts_with(header)) {
      throw FileError("File '{}' does not begin with the columns {}; move it away or give another name.",
                      path_.string(), header.substr(0, header.size() - 1));
    }
    rest.remove_prefix(header.size());
    std::string kept;
    for (std::size_t end; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
      const std::string_view line = rest.substr(0, end);
      const double first = detail::curve_row(path_, line, columns_).front();
      if (std::isnan(first)) {
        throw FileError(
            "File '{}' has the row {}, which does not begin with a number; move it away or mend it.",
            path_.string(), detail::for_message(line));
      }
      if (!(first > keep_through)) kept.append(rest.substr(0, end + 1));
    }
    return kept;
  }

  std::filesystem::path path_;
  std::size_t columns_;
  detail::Descriptor file_;
};

/// The rows of a file that CurveFile wrote, column by column as many as its first line names. Throws
/// FileError when a row has other than numbers, or another number of them.
inline std::vector<std::vector<double>> read_curve(const std::filesystem::path& path) {
  const std::vector<std::byte> bytes = read_file(path);
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  std::vector<std::vector<double>> rows;
  std::size_t columns = 0;
  for (std::size_t end; (end = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(end + 1)) {
    const std::string_view line = rest.substr(0, end);
    if (columns == 0) {
      columns = 1 + static_cast<std::size_t>(std::count(line.begin(), line.end(), ','));
      continue;
    }
    rows.push_back(detail::curve_row(path, line, columns));
  }
  return rows;
}

}  // namespace densenf
