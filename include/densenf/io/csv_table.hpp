#pragma once

#include <charconv>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "densenf/data/table.hpp"
#include "densenf/io/file.hpp"

// Tables of numbers as text: a line for each row, its numbers separated by commas.
namespace densenf {

struct CsvOptions {
  char separator = ',';
  /// Whether the first line has the columns' names. Unknown: it has if something in it is not a number.
  std::optional<bool> names = {};
};

namespace detail {

/// What spreadsheets begin a file of UTF-8 with.
inline constexpr std::string_view utf8_mark = "\xef\xbb\xbf";

/// The parts of a line between separators, without blanks and quotes around them.
inline std::vector<std::string_view> csv_fields(std::string_view line, char separator) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t end = line.find(separator);
    std::string_view field = line.substr(0, end);
    const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
    while (!field.empty() && blank(field.front())) field.remove_prefix(1);
    while (!field.empty() && blank(field.back())) field.remove_suffix(1);
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
      field = field.substr(1, field.size() - 2);
    fields.push_back(field);
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

/// The number that all of `text` is, if it is one that T can hold.
template <class T>
std::optional<T> number_in(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || error == std::errc::invalid_argument) return std::nullopt;
  // Too small or too large for T: rounded, to 0 or infinity at the ends.
  if (error == std::errc::result_out_of_range)
    return static_cast<T>(std::strtod(std::string(text).c_str(), nullptr));
  return value;
}

}  // namespace detail

/// Reads a table of numbers. Empty lines are passed over. Throws FileError, naming line and column, for what
/// is not a finite number (missing values are none: leave such rows out first) and for a line with more or
/// fewer numbers than the first one, and when there is no row; ArgumentError for a separator that numbers are
/// made of.
template <class T = float>
Table<T> load_csv(const std::filesystem::path& path, const CsvOptions& options = {}) {
  if (std::string_view("0123456789+-.eE\"\n\r").find(options.separator) != std::string_view::npos)
    throw ArgumentError("Columns cannot be separated by '{}', which numbers are made of.", options.separator);
  const std::vector<std::byte> bytes = read_file(path);
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (rest.starts_with(detail::utf8_mark)) rest.remove_prefix(detail::utf8_mark.size());
  std::vector<std::string> names;
  std::vector<T> values;
  std::size_t columns = 0;
  Index rows = 0;
  for (Index line = 1; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const std::vector<std::string_view> fields = detail::csv_fields(text, options.separator);
    if (columns == 0) {
      columns = fields.size();
      bool all_numbers = true;
      for (const std::string_view f : fields)
        all_numbers = all_numbers && detail::number_in<double>(f).has_value();
      if (options.names.value_or(!all_numbers)) {
        names.assign(fields.begin(), fields.end());
        continue;
      }
    }
    if (fields.size() != columns) {
      throw FileError("Line {} of file '{}' has {} columns, but the first one has {}.", line, path.string(),
                      fields.size(), columns);
    }
    for (std::size_t i = 0; i < columns; ++i) {
      const std::optional<T> value = detail::number_in<T>(fields[i]);
      if (!value || !std::isfinite(*value)) {
        throw FileError("Line {} of file '{}' has {} in column {}{}, which is not a finite number.", line,
                        path.string(), detail::for_message(fields[i]), i + 1,
                        names.empty() ? "" : fmt::format(" ({})", detail::printable(names[i])));
      }
      values.push_back(*value);
    }
    ++rows;
  }
  if (rows == 0) throw FileError("File '{}' has no row of numbers.", path.string());
  return {rows, static_cast<Index>(columns), std::move(values), std::move(names)};
}

/// Writes a table: the columns' names, if it has any, then its rows, so that reading gives the same numbers.
/// The file is replaced by a whole one or not at all. Throws ArgumentError for a name with a separator, quote
/// or line end, or what else would not be read as it was, FileError when it cannot be written.
template <class T>
void save_csv(const std::filesystem::path& path, const Table<T>& table) {
  std::string text;
  if (!table.names.empty()) {
    bool all_numbers = true;
    for (const std::string& name : table.names) {
      all_numbers = all_numbers && detail::number_in<double>(name).has_value();
      if (name.empty() || name.front() == ' ' || name.back() == ' ' || name.front() == '\t' ||
          name.back() == '\t')
        throw ArgumentError("{} cannot name a column: names have no blanks at their ends.",
                            detail::for_message(name));
      if (name.find_first_of(",\"\r\n") != std::string::npos)
        throw ArgumentError("{} cannot name a column: use text without commas, quotes and line ends.",
                            detail::for_message(name));
    }
    if (table.names.front().starts_with(detail::utf8_mark))
      throw ArgumentError("{} cannot name the first column: its mark of UTF-8 would be taken for the file's.",
                          detail::for_message(table.names.front()));
    if (all_numbers)
      throw ArgumentError(
          "Columns whose names are all numbers would be read as a row: give one of them a word.");
    text = fmt::format("{}\n", joined(table.names, ","));
  }
  AtomicFile file(path);
  for (Index i = 0; i < table.rows(); ++i) {
    text += fmt::format("{}\n", joined(table.row(i), ","));
    if (text.size() > (std::size_t{1} << 20)) {
      file.write(text);
      text.clear();
    }
  }
  file.write(text);
  file.commit();
}

}  // namespace densenf
