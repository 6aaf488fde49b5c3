#include "densenf/io/safetensors.hpp"

#include "fuzz.hpp"
#include "header_length.hpp"

using namespace densenf;

namespace {

/// The file is compared with its checksum in pieces of a megabyte.
constexpr fuzz::Allowance with_checksum{.for_each_byte = 64, .for_any_file = (std::size_t{1} << 20) + 4096};

/// The numbers of a tensor as T; nothing where T cannot hold them.
template <class T>
std::optional<std::vector<T>> numbers(const SafetensorsFile& file, const std::string& name) {
  try {
    std::vector<T> values = file.read<T>(name);
    fuzz::require(std::ssize(values) == file.info(name).count, "another number of values");
    return values;
  } catch (const FileError&) {
    return std::nullopt;
  }
}

void check(const TensorInfo& info) {
  Index count = 1;
  for (const Index extent : info.shape) {
    fuzz::require(extent >= 0, "a negative extent");
    count *= extent;
  }
  fuzz::require(info.count == count && info.begin <= info.end, "a tensor of another size than its shape");
  const std::uint64_t each = describe(info.dtype).bytes;
  fuzz::require(
      info.dtype == Dtype::other || info.end - info.begin == each * static_cast<std::uint64_t>(count),
      "a tensor of another size than its numbers");
}

/// Writes the tensors that double can hold, with the file's metadata, and reads them again.
void write_and_read(const SafetensorsFile& file, const std::map<std::string, std::vector<double>>& tensors) {
  SafetensorsWriter writer;
  writer.add_checksum();
  for (const auto& [key, value] : file.metadata()) {
    if (key != detail::checksum_key) writer.set_metadata(key, value);
  }
  for (const auto& [name, values] : tensors) {
    const std::vector<Index>& shape = file.info(name).shape;
    // None of them may be written though there is no number: those of which a part overflows.
    if (values.empty()) continue;
    writer.add(name, shape, values);
  }
  const std::filesystem::path path = fuzz::File::folder() / "copy.safetensors";
  writer.write(path);
  const SafetensorsFile again(path);
  fuzz::require(again.verify(), "a checksum that is not there");
  for (const auto& [name, values] : tensors) {
    if (values.empty()) continue;
    fuzz::require(again.info(name).shape == file.info(name).shape, "another shape when read again");
    fuzz::require(fuzz::same_bits(again.read<double>(name), values), "other values when read again");
  }
  Metadata written = again.metadata(), given = file.metadata();
  written.erase(detail::checksum_key);
  given.erase(detail::checksum_key);
  fuzz::require(written == given, "other metadata when read again");
}

bool taken(fuzz::Bytes bytes) {
  const fuzz::File input(bytes);
  return fuzz::reading(
      input,
      [&] {
        const SafetensorsFile file(input.path());
        std::map<std::string, std::vector<double>> tensors;
        for (const std::string& name : file.names()) {
          check(file.info(name));
          numbers<float>(file, name);
          numbers<std::int64_t>(file, name);
          numbers<std::uint8_t>(file, name);
          if (const auto values = numbers<double>(file, name)) tensors.emplace(name, *values);
        }
        file.verify();
        write_and_read(file, tensors);
      },
      with_checksum);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (!taken({data, size})) taken(fuzz::with_header_length({data, size}));
  return 0;
}
