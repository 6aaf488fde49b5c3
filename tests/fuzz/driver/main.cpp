#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <string>

#include "../fuzz.hpp"

// A harness without libFuzzer, for every compiler:
//
//   fuzz_<reader> FOLDER CHANGES COPY    the seeds of a folder, each of which must be read, then so many
//   changes of
//                                        them, the same ones each time; COPY is a file for the bytes that are
//                                        read right now, so that they are there when the program ends by what
//                                        they do
//   fuzz_<reader> FILE...                these files
namespace {

using densenf_test::get;

/// Any number below `count`. Not a distribution of the standard library, which differ.
std::size_t below(std::mt19937_64& random, std::size_t count) { return random() % count; }

/// What the ends of ranges look like in binary files and in text.
std::string extreme(std::mt19937_64& random) {
  static const std::array<std::string, 16> texts{
      "0",
      "-1",
      "255",
      "2147483648",
      "4294967296",
      "9223372036854775807",
      "18446744073709551616",
      "nan",
      "-0",
      "1e999",
      "1e-999",
      "5e-324",
      "inf",
      "\x1b[2J",
      "\n",
      ",",
  };
  if (below(random, 2) == 0) return texts[below(random, texts.size())];
  const std::array<std::uint8_t, 4> fills{0, 0xff, 0x7f, 0x80};
  std::string number(std::size_t{1} << below(random, 4), static_cast<char>(fills[below(random, 4)]));
  if (below(random, 2) == 0) (below(random, 2) == 0 ? number.front() : number.back()) ^= '\x7f';
  return number;
}

/// Puts an extreme in the place of the number that stands at `at`, if it is one in text.
void change_number(std::string& bytes, std::size_t at, std::mt19937_64& random) {
  constexpr std::string_view digits = "0123456789+-.e";
  const std::size_t first = bytes.find_last_not_of(digits, at) + 1;
  const std::size_t end = std::min(bytes.find_first_not_of(digits, at), bytes.size());
  if (first < end) bytes.replace(first, end - first, extreme(random));
}

/// One to four changes: bits that flip, bytes that go, come twice or from another seed, extremes, an early
/// end.
std::string changed(std::string bytes, const std::string& other, std::mt19937_64& random) {
  for (std::size_t edits = 1 + below(random, 4); edits > 0; --edits) {
    const std::size_t at = below(random, bytes.size() + 1);
    const std::size_t length = std::min(bytes.size() - at, 1 + below(random, 8));
    switch (below(random, 8)) {
      case 0:
      case 1:
        if (at < bytes.size()) bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(random, 8)));
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, bytes.substr(at, length));
        break;
      case 4:
        bytes.insert(at, extreme(random));
        break;
      case 5: {
        const std::string e = extreme(random);
        bytes.replace(at, std::min(e.size(), bytes.size() - at), e);
        break;
      }
      case 6:
        change_number(bytes, at, random);
        break;
      default:
        if (below(random, 2) == 0)
          bytes.resize(at);
        else if (!other.empty())
          bytes.insert(at, other.substr(below(random, other.size()), 1 + below(random, 16)));
    }
  }
  return bytes;
}

/// Whether the reader has taken the bytes.
bool run(const std::string& text, const std::filesystem::path& copy = {}) {
  const fuzz::Bytes bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
  if (!copy.empty()) fuzz::put(copy, bytes);
  const std::size_t before = fuzz::accepted;
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
  return fuzz::accepted > before;
}

int run_folder(const std::filesystem::path& folder, unsigned long changes,
               const std::filesystem::path& copy) {
  std::map<std::string, std::string> seeds;  // in the order of their names, which folders do not have
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    seeds[entry.path().filename().string()] = get(entry.path());
  fuzz::require(!seeds.empty(), "there are no seeds");
  std::vector<std::string> all;
  for (const auto& [name, bytes] : seeds) {
    if (!run(bytes, copy)) {
      std::cerr << "The reader refuses the seed " << (folder / name)
                << ", so that nothing behind is reached: "
                << "write it anew (tests/fuzz/make_seeds).\n";
      return 1;
    }
    all.push_back(bytes);
  }
  std::mt19937_64 random(1);
  unsigned long read = 0;
  for (unsigned long i = 0; i < changes; ++i) {
    const std::string& seed = all[below(random, all.size())];
    if (run(changed(seed, all[below(random, all.size())], random), copy)) ++read;
  }
  std::filesystem::remove(copy);
  std::cout << all.size() << " seeds, " << changes << " changes of them, of which " << read << " were read\n";
  return 0;
}

}  // namespace

int main(int count, char** arguments) try {
  if (count == 4 && std::filesystem::is_directory(arguments[1]))
    return run_folder(arguments[1], std::stoul(arguments[2]), arguments[3]);
  if (count < 2) {
    std::cerr << "Give a folder of seeds, a number of changes and a file for what is being read; or files.\n";
    return 2;
  }
  for (int i = 1; i < count; ++i)
    std::cout << arguments[i] << (run(get(arguments[i])) ? " is read\n" : " is refused\n");
  return 0;
} catch (const std::exception& e) {
  std::cerr << "FINDING: what is thrown is no densenf::Error: " << e.what() << '\n';
  return 1;
}
