#pragma once

#include <bit>
#include <charconv>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "densenf/data/table.hpp"
#include "densenf/io/file.hpp"

// Tables of numbers in NumPy's format: a magic word, a header that is a Python dictionary, then the numbers.
// xtensor reads such files too, but takes the sizes that a header claims on trust.
namespace densenf {

namespace detail {

static_assert(std::endian::native == std::endian::little,
              "Files of NumPy are read as they lie: little-endian.");

/// What stands behind 'key': in the dictionary of a header, up to the end of the text.
inline std::string_view npy_value(std::string_view header, std::string_view key, const std::string& file) {
  const std::size_t at = header.find(fmt::format("'{}':", key));
  if (at == std::string_view::npos)
    throw FileError("The header of file '{}' does not say its {}.", file, key);
  std::string_view value = header.substr(at + key.size() + 3);
  while (value.starts_with(' ')) value.remove_prefix(1);
  return value;
}

/// One or two extents, (n,) or (n, d); a vector is a table of one column.
inline std::pair<Index, Index> npy_extents(std::string_view text, const std::string& file) {
  std::vector<Index> extents;
  if (text.starts_with('(')) {
    const std::string_view inside =
        text.substr(1, text.find(')') == std::string_view::npos ? 0 : text.find(')') - 1);
    const char *at = inside.data(), *const end = inside.data() + inside.size();
    while (at < end) {
      if (*at == ' ' || *at == ',') {
        ++at;
        continue;
      }
      Index extent = 0;
      const auto [next, error] = std::from_chars(at, end, extent);
      if (error != std::errc() || extent < 0) {
        extents.clear();
        break;
      }
      extents.push_back(extent);
      at = next;
    }
  }
  if (extents.size() == 1) extents.push_back(1);
  if (extents.size() != 2 || extents[1] < 1) {
    throw FileError(
        "File '{}' holds an array that is no table: it needs one or two extents, rows and columns.", file);
  }
  return {extents[0], extents[1]};
}

/// What a file of NumPy's says about its array before the numbers.
struct NpyHeader {
  std::string type;               ///< 'descr', such as '<f4' with its quotes
  bool column_by_column = false;  ///< of the order of Fortran
  Index rows = 0;
  Index columns = 0;
  std::size_t numbers_at = 0;  ///< how many bytes lie before them
};

/// Reads what stands before the numbers; `text` holds as much of the file, at least. Throws FileError when it
/// does not, or the array is no table.
inline NpyHeader read_npy_header(std::string_view text, const std::string& file) {
  if (text.size() < 10 || !text.starts_with("\x93NUMPY"))
    throw FileError("File '{}' is none of NumPy's.", file);
  const bool long_header = text[6] != 1;
  const std::size_t begin = long_header ? 12 : 10;
  std::uint64_t length = 0;
  for (std::size_t i = begin; i-- > 8;)
    length =
        length << 8 | static_cast<std::uint64_t>(static_cast<unsigned char>(text[i < text.size() ? i : 0]));
  if (text.size() < begin || text.size() - begin < length)
    throw FileError("File '{}' ends in its header.", file);
  const std::string_view header = text.substr(begin, static_cast<std::size_t>(length));
  const std::string_view type = npy_value(header, "descr", file);
  const bool column_by_column = npy_value(header, "fortran_order", file).starts_with("True");
  const auto [rows, columns] = npy_extents(npy_value(header, "shape", file), file);
  return {std::string(type.substr(0, type.find_first_of(",}"))), column_by_column, rows, columns,
          begin + static_cast<std::size_t>(length)};
}

/// Adds the numbers in `bytes`, stored as `Stored`, in the order of rows.
template <class T, class Stored>
std::vector<T> npy_values(std::span<const std::byte> bytes, Index rows, Index columns, bool column_by_column,
                          const std::string& file) {
  std::vector<T> values(static_cast<std::size_t>(rows * columns));
  for (Index i = 0; i < rows * columns; ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + static_cast<std::size_t>(i) * sizeof(Stored), sizeof(Stored));
    const Index row = column_by_column ? i % rows : i / columns,
                column = column_by_column ? i / rows : i % columns;
    const T value = static_cast<T>(stored);
    if (!std::isfinite(value)) {
      throw FileError("Row {}, column {} of file '{}' (counted from 0) is not a finite number.", row, column,
                      file);
    }
    values[static_cast<std::size_t>(row * columns + column)] = value;
  }
  return values;
}

}  // namespace detail

/// The table in a file of NumPy's save, of which these are the bytes: an array of one or two dimensions, of
/// floating-point numbers or integers. Throws FileError, which names `file`, for another array, one whose
/// file is not as long as its header says, and, naming row and column, for numbers that are not finite as T.
template <class T = float>
Table<T> parse_npy(std::span<const std::byte> bytes, const std::string& file) {
  const detail::NpyHeader header =
      detail::read_npy_header({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, file);
  const Index rows = header.rows, columns = header.columns;
  const std::span<const std::byte> data = bytes.subspan(header.numbers_at);

  const auto read = [&]<class Stored>(Stored) {
    const auto held = static_cast<Index>(data.size() / sizeof(Stored));
    if (data.size() % sizeof(Stored) != 0 || rows > held / columns || rows * columns != held) {
      throw FileError("File '{}' says that it holds {} rows of {} columns, but {} bytes follow.", file, rows,
                      columns, data.size());
    }
    return Table<T>(rows, columns,
                    detail::npy_values<T, Stored>(data, rows, columns, header.column_by_column, file));
  };
  if (header.type.starts_with("'<f4'")) return read(float());
  if (header.type.starts_with("'<f8'")) return read(double());
  if (header.type.starts_with("'<i4'")) return read(std::int32_t());
  if (header.type.starts_with("'<i8'")) return read(std::int64_t());
  if (header.type.starts_with("'|u1'")) return read(std::uint8_t());
  throw FileError(
      "File '{}' holds numbers of type {}: save them as float64 or float32, with array.astype('<f8') for "
      "instance.",
      file, detail::printable(header.type));
}

/// The table in a file of NumPy's save: see parse_npy. Throws FileError also when it cannot be read.
template <class T = float>
Table<T> load_npy(const std::filesystem::path& path) {
  return parse_npy<T>(read_file(path), path.string());
}

namespace detail {

/// What stands before the numbers in a file of NumPy's; `shape` as Python writes it, such as "(3, 4)".
template <class T>
std::string npy_preamble(const std::string& shape) {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>,
                "Arrays of float or double are written.");
  std::string header =
      fmt::format("{{'descr': '<f{}', 'fortran_order': False, 'shape': {}, }}", sizeof(T), shape);
  constexpr std::size_t before = 10, line = 64;  // the numbers begin at a multiple of 64 bytes
  header.append(line - (before + header.size() + 1) % line, ' ');
  header += '\n';
  const auto length = static_cast<std::uint16_t>(header.size());
  std::string preamble("\x93NUMPY\x01\x00", 8);
  preamble += static_cast<char>(length & 0xff);
  preamble += static_cast<char>(length >> 8);
  return preamble + header;
}

}  // namespace detail

/// Writes a table as numpy.load reads it: (rows, columns), float or double. The names of columns are not part
/// of the format. The file is replaced by a whole one or not at all. Throws FileError when it cannot be
/// written.
template <class T>
void save_npy(const std::filesystem::path& path, const Table<T>& table) {
  AtomicFile file(path);
  file.write(detail::npy_preamble<T>(fmt::format("({}, {})", table.rows(), table.columns())));
  file.write(std::as_bytes(std::span(table.values)));
  file.commit();
}

}  // namespace densenf
