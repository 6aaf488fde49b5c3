#pragma once

#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "densenf/data/table.hpp"
#include "densenf/io/file.hpp"

// Tables from files: lines of numbers (CSV), and NumPy's arrays (npy).
namespace densenf {

namespace detail {

inline std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r";
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos) return {};
  text = text.substr(first, text.find_last_not_of(blank) - first + 1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

/// The number that a field is as a whole, if it is one.
inline std::optional<double> number_in(std::string_view field) {
  if (field.starts_with('+')) field.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (error != std::errc() || end != field.data() + field.size()) return std::nullopt;
  return value;
}

/// Calls f(field) for the fields of a line.
template <class F>
void for_each_field(std::string_view line, char separator, const F& f) {
  for (;;) {
    const std::size_t end = line.find(separator);
    f(trimmed(line.substr(0, end)));
    if (end == std::string_view::npos) return;
    line.remove_prefix(end + 1);
  }
}

}  // namespace detail

/// The rows of a text file, a line each, of numbers between separators. The first line gives the columns
/// their names, where it has a field that is no number. Empty lines are left out; names and numbers may be in
/// double quotes, which must not hold a separator. Throws FileError naming the line and the column of what is
/// no finite number, a row with more or fewer fields than the first, or a file without rows.
template <class T = float>
Table<T> read_csv_table(const std::filesystem::path& path, char separator = ',') {
  const std::vector<std::byte> bytes = read_file(path);
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  Table<T> table;
  Index line_number = 0, columns = 0;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = detail::trimmed(rest.substr(0, end));
    const std::string_view whole = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    ++line_number;
    if (line.empty()) continue;
    if (columns == 0) {
      bool names = false;
      detail::for_each_field(whole, separator, [&](std::string_view field) {
        table.names.emplace_back(field);
        names = names || !detail::number_in(field);
      });
      columns = std::ssize(table.names);
      table.shape = {columns, 1, 1};
      if (names) continue;
      table.names.clear();
    }
    Index column = 0;
    detail::for_each_field(whole, separator, [&](std::string_view field) {
      if (column < columns) {
        const std::optional<double> number = detail::number_in(field);
        const T value = number ? static_cast<T>(*number) : T(0);
        if (!number || !std::isfinite(value)) {
          throw FileError("File '{}' has '{}' at line {}, {}, which is not a finite number.", path.string(),
                          field, line_number, table.column_name(column));
        }
        table.values.push_back(value);
      }
      ++column;
    });
    if (column != columns) {
      throw FileError("File '{}' has {} fields at line {}, but {} columns.", path.string(), column,
                      line_number, columns);
    }
    ++table.count;
  }
  if (table.count == 0) throw FileError("File '{}' has no row of numbers.", path.string());
  return table;
}

namespace detail {

/// What the header of an npy file says.
struct NpyHeader {
  std::string type;  ///< such as "<f4"
  bool fortran_order = false;
  std::vector<Index> shape;
};

/// Reads the header, which is a dictionary as Python writes it, with the keys descr, fortran_order, shape.
inline NpyHeader read_npy_header(std::string_view text, const std::filesystem::path& path) {
  const auto fail = [&](const char* what) {
    throw FileError("File '{}' is not a table in NumPy's format: {}.", path.string(), what);
  };
  const auto after = [&](std::string_view key) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) fail("its header lacks a key");
    const std::size_t colon = text.find(':', at + key.size());
    if (colon == std::string_view::npos) fail("its header has a key without a value");
    return trimmed(text.substr(colon + 1));
  };
  NpyHeader header;
  std::string_view type = after("'descr'");
  if (type.empty() || type.front() != '\'') fail("its numbers are records");
  type.remove_prefix(1);
  header.type = type.substr(0, type.find('\''));
  header.fortran_order = after("'fortran_order'").starts_with("True");
  std::string_view shape = after("'shape'");
  if (!shape.starts_with('(')) fail("its shape is not a tuple");
  shape = shape.substr(1, shape.find(')') - 1);
  while (!(shape = trimmed(shape)).empty()) {
    Index extent = 0;
    const auto [end, error] = std::from_chars(shape.data(), shape.data() + shape.size(), extent);
    if (error != std::errc() || extent < 0) fail("an extent is no number");
    header.shape.push_back(extent);
    shape.remove_prefix(static_cast<std::size_t>(end - shape.data()));
    shape = trimmed(shape);
    if (shape.starts_with(',')) shape.remove_prefix(1);
  }
  return header;
}

/// The value of type `type` at `from`; its bytes are in the order of this machine.
template <class Stored, class T>
T stored_number(const std::byte* from) {
  Stored value;
  std::memcpy(&value, from, sizeof(value));
  return static_cast<T>(value);
}

}  // namespace detail

/// A two-dimensional array of NumPy's as a table, a one-dimensional one as its only column. Numbers are of 32
/// or 64 bits, floating or whole, or bytes. Throws FileError when the file is cut short, is in another format
/// or byte order, or has other numbers or extents; ArgumentError naming the row and the column of a number
/// that is not finite.
template <class T = float>
Table<T> read_npy_table(const std::filesystem::path& path) {
  static_assert(std::endian::native == std::endian::little, "npy files are read on little-endian machines.");
  const std::vector<std::byte> bytes = read_file(path);
  constexpr std::string_view magic = "\x93NUMPY";
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.size() < 12 || !text.starts_with(magic))
    throw FileError("File '{}' does not begin as NumPy's files do.", path.string());
  const bool long_header = text[6] != 1;  // version 1 has two bytes for the header's length, later ones four
  std::size_t length = 0;
  for (std::size_t i = 0; i < (long_header ? 4u : 2u); ++i)
    length |= static_cast<std::size_t>(static_cast<unsigned char>(text[8 + i])) << (8 * i);
  const std::size_t start = (long_header ? 12 : 10) + length;
  if (start > text.size()) throw FileError("File '{}' ends within its header.", path.string());
  const detail::NpyHeader header = detail::read_npy_header(text.substr(long_header ? 12 : 10, length), path);
  if (header.shape.empty() || header.shape.size() > 2) {
    throw FileError("File '{}' holds an array of {} dimensions: a table has two, rows and columns.",
                    path.string(), header.shape.size());
  }

  T (*read)(const std::byte*) = nullptr;
  std::size_t size = 0;
  const auto kind = [&]<class Stored>(const char* name, Stored) {
    if (header.type != name) return;
    read = detail::stored_number<Stored, T>;
    size = sizeof(Stored);
  };
  kind("<f4", float{});
  kind("<f8", double{});
  kind("<i4", std::int32_t{});
  kind("<i8", std::int64_t{});
  kind("<u4", std::uint32_t{});
  kind("<u8", std::uint64_t{});
  kind("|u1", std::uint8_t{});
  kind("|i1", std::int8_t{});
  if (read == nullptr) {
    throw FileError("File '{}' has numbers of type '{}'; save them as float32 or float64.", path.string(),
                    header.type);
  }
  Table<T> table;
  table.count = header.shape[0];
  table.shape = {header.shape.size() == 2 ? header.shape[1] : 1, 1, 1};
  const auto numbers = static_cast<std::size_t>(value_count("A table", table.count, table.shape));
  if (text.size() - start != numbers * size) {
    throw FileError("File '{}' should hold {} numbers of {} bytes behind its header, but has {} bytes there.",
                    path.string(), numbers, size, text.size() - start);
  }
  table.values.resize(numbers);
  for (Index row = 0; row < table.count; ++row) {
    for (Index column = 0; column < table.columns(); ++column) {
      const Index at = header.fortran_order ? column * table.count + row : row * table.columns() + column;
      table.values[static_cast<std::size_t>(row * table.columns() + column)] =
          read(bytes.data() + start + static_cast<std::size_t>(at) * size);
    }
  }
  require_table(table);
  return table;
}

}  // namespace densenf
