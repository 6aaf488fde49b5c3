#include "densenf/io/csv_table.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "../error_of.hpp"
#include "densenf/io/npy.hpp"

using namespace densenf;
using test::error_of;

namespace {

struct File {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("densenf-table-{}", ::getpid());
  explicit File(std::string_view text = "") {
    std::ofstream(path, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
  }
  ~File() { std::filesystem::remove(path); }
};

std::string csv_error(std::string_view text, const CsvOptions& options = {}) {
  const File file(text);
  std::string said = error_of([&] { load_csv<double>(file.path, options); });
  const std::size_t at = said.find(file.path.string());
  return at == std::string::npos ? said : said.replace(at, file.path.string().size(), "t");
}

/// A file of NumPy's, version 1, with this header and these bytes behind it.
std::string npy(const std::string& header, std::string_view bytes) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  return text + header + std::string(bytes);
}
template <class T>
std::string_view bytes_of(const std::vector<T>& v) {
  return {reinterpret_cast<const char*>(v.data()), v.size() * sizeof(T)};
}
std::string npy_error(const std::string& text) {
  const File file(text);
  std::string said = error_of([&] { load_npy<float>(file.path); });
  const std::size_t at = said.find(file.path.string());
  return at == std::string::npos ? said : said.replace(at, file.path.string().size(), "t");
}

}  // namespace

TEST_CASE("load_csv: numbers with and without names") {
  const File named(
      "\xef\xbb\xbf"
      "\"first\", second\r\n1,2.5\r\n\r\n-3e2,+4\r\n");
  const Table<double> t = load_csv<double>(named.path);
  CHECK(t.names == std::vector<std::string>{"first", "second"});
  CHECK(t.values == std::vector<double>{1, 2.5, -300, 4});
  const File plain("1;2\n3;4");
  const Table<float> p = load_csv(plain.path, {.separator = ';'});
  CHECK(p.names.empty());
  CHECK(p.values == std::vector<float>{1, 2, 3, 4});
  const File years("2020,2021\n1,2\n");
  CHECK(load_csv(years.path).rows() == 2);
  CHECK(load_csv(years.path, {.names = true}).names == std::vector<std::string>{"2020", "2021"});
}

TEST_CASE("load_csv: numbers that are too small are 0 or nearly") {
  const File tiny("1e-400,1\n1e-50,2\n");
  CHECK(load_csv<float>(tiny.path).values == std::vector<float>{0, 1, 0, 2});
  CHECK(load_csv<double>(tiny.path).values == std::vector<double>{0, 1, 1e-50, 2});
}

TEST_CASE("load_csv: what is no table of numbers gets one sentence") {
  CHECK(csv_error("a,b\n1,2\n3\n") == "Line 3 of file 't' has 1 columns, but the first one has 2.");
  CHECK(csv_error("a,b\n1,\n") == "Line 2 of file 't' has '' in column 2 (b), which is not a finite number.");
  CHECK(csv_error("1,2\n3,nan\n") ==
        "Line 2 of file 't' has 'nan' in column 2, which is not a finite number.");
  CHECK(csv_error("1\n1e999\n") ==
        "Line 2 of file 't' has '1e999' in column 1, which is not a finite number.");
  CHECK(csv_error("1\n+-5\n") == "Line 2 of file 't' has '+-5' in column 1, which is not a finite number.");
  CHECK(csv_error("1,2x\n", {.names = false}) ==
        "Line 1 of file 't' has '2x' in column 2, which is not a finite number.");
  // No byte of a foreign file gets to a terminal.
  CHECK(csv_error("a,\x1b[2J\xc3\xa9\n1,\x07\xff\x7f~\n") ==
        "Line 2 of file 't' has '\\x07\\xff\\x7f~' in column 2 (\\x1b[2J\\xc3\\xa9), which is not a finite "
        "number.");
  CHECK(csv_error("1,2\n3," + std::string(200, 'x') + "\n") ==
        "Line 2 of file 't' has '" + std::string(120, 'x') +
            "...' in column 2, which is not a finite number.");
  CHECK(csv_error("a,b\n") == "File 't' has no row of numbers.");
  CHECK(csv_error("") == "File 't' has no row of numbers.");
  CHECK(csv_error("1", {.separator = '1'}) ==
        "Columns cannot be separated by '1', which numbers are made of.");
  CHECK_THROWS_AS(load_csv("/there/is/none"), FileError);
}

TEST_CASE("save_csv: names of a file that would be read otherwise, or command a terminal") {
  const File file;
  const auto error_with = [&](const std::string& name) {
    return error_of([&] { save_csv(file.path, Table<float>(1, 2, {1, 2}, {name, "b"})); });
  };
  CHECK(error_with(std::string(detail::utf8_mark) + "x") ==
        "'\\xef\\xbb\\xbfx' cannot name the first column: its mark of UTF-8 would be taken for the file's.");
  CHECK(error_with("\x1b[2J\"") ==
        "'\\x1b[2J\"' cannot name a column: use text without commas, quotes and line ends.");
  CHECK(error_with("\x1b[2J ") == "'\\x1b[2J ' cannot name a column: names have no blanks at their ends.");
}

TEST_CASE("save_csv: reading gives the same numbers") {
  const File file;
  const Table<float> t(2, 2, {0.1F, 1e-38F, -3, 1.0F / 3}, {"a", "b"});
  save_csv(file.path, t);
  const Table<float> back = load_csv(file.path);
  CHECK(back.values == t.values);
  CHECK(back.names == t.names);
  CHECK_THROWS_AS(save_csv(file.path, Table<float>(1, 1, {1}, {"a,b"})), ArgumentError);
  CHECK_THROWS_AS(save_csv(file.path, Table<float>(1, 1, {1}, {" a"})), ArgumentError);
  CHECK_THROWS_AS(save_csv(file.path, Table<float>(1, 2, {1, 2}, {"2020", "2021"})), ArgumentError);
  CHECK(load_csv(file.path).values == t.values);
}

TEST_CASE("npy: what is written is read, in float and double") {
  const File file;
  const Table<double> t(3, 2, {0.1, 2, 3, 4, 5, 1.0 / 3});
  save_npy(file.path, t);
  CHECK(load_npy<double>(file.path).values == t.values);
  CHECK(load_npy<double>(file.path).columns() == 2);
  CHECK(load_npy<float>(file.path).values[0] == 0.1F);
  CHECK(std::filesystem::file_size(file.path) % 64 == 48);  // 64 n bytes of header, 48 of numbers
}

TEST_CASE("load_npy: vectors, integers, and columns one after the other") {
  const std::vector<std::int64_t> integers{1, -2, 3};
  const File vector(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }\n", bytes_of(integers)));
  CHECK(load_npy<double>(vector.path).values == std::vector<double>{1, -2, 3});
  CHECK(load_npy<double>(vector.path).columns() == 1);
  const std::vector<float> columns{1, 2, 3, 4, 5, 6};
  const File fortran(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }\n", bytes_of(columns)));
  CHECK(load_npy<float>(fortran.path).values == std::vector<float>{1, 4, 2, 5, 3, 6});
}

TEST_CASE("load_npy: files that are not what they claim") {
  const std::vector<float> two{1, std::numeric_limits<float>::infinity()};
  const auto with = [&](const char* shape, const char* type = "'<f4'") {
    return npy_error(npy(fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': {}, }}", type, shape),
                         bytes_of(two)));
  };
  CHECK(with("(1, 2)") == "Row 0, column 1 of file 't' (counted from 0) is not a finite number.");
  CHECK(with("(1, 3)") == "File 't' says that it holds 1 rows of 3 columns, but 8 bytes follow.");
  CHECK(with("(4611686018427387904, 4)") ==
        "File 't' says that it holds 4611686018427387904 rows of 4 columns, but 8 bytes follow.");
  const std::string no_table =
      "File 't' holds an array that is no table: it needs one or two extents, rows and columns.";
  CHECK(with("(1, 1, 2)") == no_table);
  CHECK(with("()") == no_table);
  CHECK(with("(2, 0)") == no_table);
  CHECK(with("(x, 2)") == no_table);
  CHECK(with("(99999999999999999999, 2)") == no_table);
  CHECK(with("(1, 2") == no_table);
  CHECK(with("(1, 2)", "'|S4'") ==
        "File 't' holds numbers of type '|S4': save them as float64 or float32, with array.astype('<f8') for "
        "instance.");
  CHECK(with("(1, 2)", "'\x1b]0;\a'") ==
        "File 't' holds numbers of type '\\x1b]0;\\x07': save them as float64 or float32, with "
        "array.astype('<f8') for instance.");
  CHECK(npy_error("") == "File 't' is none of NumPy's.");
  CHECK(npy_error("\x93NUMPY\x01") == "File 't' is none of NumPy's.");
  CHECK(npy_error(std::string("\x93NUMPY\x01\x00\xff\xff{", 11)) == "File 't' ends in its header.");
  CHECK(npy_error(std::string("\x93NUMPY\x02\x00\xff\xff", 10)) == "File 't' ends in its header.");
  CHECK(npy_error(npy("{'descr': '<f4', 'shape': (1, 2), }", bytes_of(two))) ==
        "The header of file 't' does not say its fortran_order.");
}
