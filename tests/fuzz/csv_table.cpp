#include "densenf/io/csv_table.hpp"

#include "fuzz.hpp"

using namespace densenf;

namespace {

/// Writes what was read and reads it again. Names that cannot be written are refused.
template <class T>
void write_and_read(const Table<T>& table) {
  const std::filesystem::path copy = fuzz::File::folder() / "copy.csv";
  try {
    save_csv(copy, table);
  } catch (const ArgumentError& e) {
    fuzz::require_printable(e);
    fuzz::require(!table.names.empty(), "a table without names is not written");
    return;
  }
  const Table<T> again = load_csv<T>(copy);
  fuzz::require(again.names == table.names, "other names when read again");
  fuzz::require(again.shape == table.shape && again.count == table.count, "another shape when read again");
  fuzz::require(fuzz::same_bits(again.values, table.values), "other values when read again");
}

template <class T>
void read(const fuzz::File& file, const CsvOptions& options) {
  fuzz::reading(file, [&] {
    const Table<T> table = load_csv<T>(file.path(), options);
    fuzz::require(table.rows() >= 1 && table.columns() >= 1, "a table without numbers");
    fuzz::require(table.rows() * table.columns() == std::ssize(table.values), "another number of values");
    fuzz::require(table.names.empty() || std::ssize(table.names) == table.columns(),
                  "other names than columns");
    for (const T value : table.values) fuzz::require(std::isfinite(value), "a value that is not finite");
    write_and_read(table);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::File file({data, size});
  read<float>(file, {});
  read<double>(file, {});
  read<double>(file, {.separator = ';', .names = true});
  read<float>(file, {.separator = ' ', .names = false});
  return 0;
}
