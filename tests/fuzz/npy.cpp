#include "densenf/io/npy.hpp"

#include "fuzz.hpp"

using namespace densenf;

namespace {

template <class T>
void read(const fuzz::File& file) {
  fuzz::reading(file, [&] {
    const Table<T> table = load_npy<T>(file.path());
    fuzz::require(table.rows() * table.columns() == std::ssize(table.values), "another number of values");
    for (const T value : table.values) fuzz::require(std::isfinite(value), "a value that is not finite");

    const std::filesystem::path copy = fuzz::File::folder() / "copy.npy";
    save_npy(copy, table);
    const Table<T> again = load_npy<T>(copy);
    fuzz::require(again.shape == table.shape && again.count == table.count, "another shape when read again");
    fuzz::require(fuzz::same_bits(again.values, table.values), "other values when read again");
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::File file({data, size});
  read<float>(file);
  read<double>(file);
  return 0;
}
