#include "densenf/io/table.hpp"

#include <doctest/doctest.h>

#include "temporary_folder.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

/// The bytes of an npy file, version 1, of numbers that follow.
template <class U>
std::string npy(const std::string& dictionary, const std::vector<U>& numbers) {
  std::string file = "\x93NUMPY";
  file += '\x01';
  file += '\0';
  const std::string header = dictionary + "\n";
  file += static_cast<char>(header.size() % 256);
  file += static_cast<char>(header.size() / 256);
  file += header;
  file.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(U));
  return file;
}

}  // namespace

TEST_CASE("csv tables: with and without names, other separators, lines of Windows, empty lines") {
  const TemporaryFolder folder;
  const auto path = folder / "table.csv";
  put(path, "a, \"b\",c\r\n1,-2.5,3e2\r\n\r\n+4,\"5\", 6 \r\n");
  const Table<double> named = read_csv_table<double>(path);
  CHECK(named.names == std::vector<std::string>{"a", "b", "c"});
  CHECK(named.count == 2);
  CHECK(named.shape == Shape{3, 1, 1});
  CHECK(named.values == std::vector<double>{1, -2.5, 300, 4, 5, 6});
  CHECK(named(1, 2) == 6);
  CHECK(named.column_name(1) == "column 'b'");
  put(path, "1;2\n3;4");
  const Table<float> plain = read_csv_table(path, ';');
  CHECK(plain.names.empty());
  CHECK(plain.values == std::vector<float>{1, 2, 3, 4});
  CHECK(plain.column_name(1) == "column 2");
}

TEST_CASE("csv tables: what is no table is said with its line and column") {
  const TemporaryFolder folder;
  const auto path = folder / "table.csv";
  const auto message = [&](const std::string& text) {
    put(path, text);
    return message_of<FileError>([&] { read_csv_table(path); });
  };
  CHECK(contains(message("a,b\n1,2\n3,x\n"), "'x' at line 3, column 'b'"));
  CHECK(contains(message("1,2\n3,nan\n"), "'nan' at line 2, column 2"));
  CHECK(contains(message("1,2\n3,1e300\n"), "line 2, column 2"));  // beyond float
  CHECK(contains(message("1,2\n3\n"), "1 fields at line 2, but 2 columns"));
  CHECK(contains(message("1,2\n3,4,5\n"), "3 fields at line 2, but 2 columns"));
  CHECK(contains(message("1,2\n3,\n"), "'' at line 2"));
  CHECK(contains(message("a,b\n"), "no row"));
  CHECK(contains(message(""), "no row"));
}

TEST_CASE("npy tables: orders, types and dimensions") {
  const TemporaryFolder folder;
  const auto path = folder / "table.npy";
  put(path, npy<float>("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", {1, 2, 3, 4, 5, 6}));
  const Table<double> rows = read_npy_table<double>(path);
  CHECK(rows.count == 2);
  CHECK(rows.columns() == 3);
  CHECK(rows.values == std::vector<double>{1, 2, 3, 4, 5, 6});
  put(path, npy<double>("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }", {1, 4, 2, 5, 3, 6}));
  CHECK(read_npy_table<double>(path).values == rows.values);
  put(path, npy<std::int64_t>("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", {7, -8, 9}));
  const Table<float> column = read_npy_table(path);
  CHECK(column.count == 3);
  CHECK(column.values == std::vector<float>{7, -8, 9});
}

TEST_CASE("npy tables: files that are cut short, damaged, or hold something else") {
  const TemporaryFolder folder;
  const auto path = folder / "table.npy";
  const std::string whole =
      npy<float>("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", {1, 2, 3, 4, 5, 6});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    put(path, whole.substr(0, length));
    CHECK_THROWS_AS(read_npy_table(path), FileError);
  }
  const auto message = [&](const std::string& dictionary) {
    put(path, npy<float>(dictionary, {1, 2}));
    return message_of<FileError>([&] { read_npy_table(path); });
  };
  CHECK(contains(message("{'descr': '>f4', 'fortran_order': False, 'shape': (1, 2), }"), "'>f4'"));
  CHECK(contains(message("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 2), }"), "3 dimensions"));
  CHECK(contains(message("{'descr': '<f4', 'fortran_order': False, 'shape': (), }"), "0 dimensions"));
  CHECK(contains(message("{'descr': '<f4', 'fortran_order': False, 'shape': (x, 2), }"), "an extent"));
  CHECK(contains(message("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }"), "records"));
  CHECK(contains(message("{'fortran_order': False, 'shape': (2,), }"), "lacks a key"));
  put(path, npy<float>("{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }", {1, INFINITY}));
  CHECK(contains(message_of<ArgumentError>([&] { read_npy_table(path); }), "Row 1 of the table has inf"));
}
