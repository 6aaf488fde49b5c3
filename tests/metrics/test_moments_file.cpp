// needs: images
#include "densenf/metrics/moments_file.hpp"

#include <doctest/doctest.h>

#include "../data/npz_file.hpp"
#include "../io/temporary_folder.hpp"
#include "feature_rows.hpp"

using namespace densenf;
using namespace densenf_test;

namespace {

std::string bytes_of(const std::vector<double>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(double)};
}

}  // namespace

TEST_CASE("statistics that NumPy has written") {
  // By savez, savez_compressed, and savez_compressed of float32, sigma in the order of columns (NumPy 2.4.6).
  for (const char* name : {"stored", "packed", "single"}) {
    const Moments m = load_moments(std::filesystem::path(DENSENF_SOURCE_DIR) / "tests" / "metrics" / "data" /
                                   (std::string(name) + ".npz"));
    CHECK(m.mean == Eigen::Vector3d(0.5, -1.25, 3));
    Eigen::Matrix3d sigma;
    sigma << 2, 0.5, 0.25, 0.5, 1, 0, 0.25, 0, 3;
    CHECK(m.covariance == sigma);
  }
}

TEST_CASE("statistics that are written are read again, to the bit") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.npz";
  const Moments m = moments_of(feature_rows(5, 40, 17, 0.5, 0.5));
  save_moments(path, m);
  const Moments again = load_moments(path);
  CHECK(again.mean == m.mean);
  CHECK(again.covariance == m.covariance);
  // NumPy's programs take a vector, not a table of one column.
  const std::vector<std::byte> mu = detail::read_all(*ZipMember::find(path, "mu.npy"));
  CHECK(contains({reinterpret_cast<const char*>(mu.data()), mu.size()}, "'shape': (17,)"));

  const std::string before = get(path);
  Moments wrong = m;
  wrong.mean(3) = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(save_moments(path, wrong), ArgumentError);
  CHECK_THROWS_AS(save_moments(path, Moments()), ShapeError);
  CHECK_THROWS_AS(save_moments(folder / "none" / "a.npz", m), FileError);
  CHECK(get(path) == before);
}

TEST_CASE("files that are no statistics") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.npz";
  const auto refuses = [&](const std::vector<ZipContent>& members, const char* sentence) {
    put_zip(path, members);
    const std::string text = message_of<Error>([&] { load_moments(path); });
    CHECK_MESSAGE(contains(text, sentence), text);
    CHECK(contains(text, "a.npz"));
  };
  for (const bool packed : {false, true}) {
    const auto mu = [&](const char* shape, const std::vector<double>& numbers) {
      return ZipContent{"mu.npy", npy_array("<f8", shape, bytes_of(numbers)), packed};
    };
    const auto sigma = [&](const char* shape, const std::vector<double>& numbers) {
      return ZipContent{"sigma.npy", npy_array("<f8", shape, bytes_of(numbers)), packed};
    };
    const ZipContent two = mu("(2,)", {1, 2}), unit = sigma("(2, 2)", {1, 0, 0, 1});
    put_zip(path, {two, unit});
    CHECK_NOTHROW(load_moments(path));
    refuses({unit}, "has no array 'mu'");
    refuses({two}, "has no array 'sigma'");
    refuses({mu("(1, 2)", {1, 2}), unit}, "a vector of 1 to 16384 numbers, but is 1 x 2");
    refuses({mu("(0,)", {}), unit}, "but is 0 x 1");
    refuses({mu("(9223372036854775807,)", {1}), unit}, "8 bytes follow");
    refuses({mu("(16385,)", std::vector<double>(16385)), unit}, "but is 16385 x 1");
    refuses({mu("(30000,)", std::vector<double>(30000)), unit}, "larger than it should be");
    refuses({two, sigma("(1, 4)", {1, 0, 0, 1})}, "should be 2 x 2, as its 'mu' is long, but is 1 x 4");
    refuses({two, sigma("(4,)", {1, 0, 0, 1})}, "but is 4 x 1");
    refuses({two, sigma("(100, 100)", std::vector<double>(10000))}, "larger than it should be");
    refuses({two, sigma("(2, 2)", {1, 0, 0.5, 1})}, "not symmetric");
    refuses({two, sigma("(2, 2)", {1, 0, 0, std::numeric_limits<double>::infinity()})},
            "not a finite number");
    refuses({two, {"sigma.npy", npy_array("<c16", "(1, 2)", std::string(32, '\0')), packed}}, "'<c16'");
    refuses({{"mu.npy", "no array", packed}, unit}, "none of NumPy's");
  }
  put(path, "no zip file");
  CHECK(contains(message_of<FileError>([&] { load_moments(path); }), "cannot be read as a zip file"));
  CHECK(contains(message_of<FileError>([&] { load_moments(folder / "b.npz"); }), "b.npz"));
}

TEST_CASE("a file of statistics that is cut short or damaged") {
  const TemporaryFolder folder;
  const std::filesystem::path path = folder / "a.npz";
  const Moments m = moments_of(feature_rows(5, 40, 3, 0.5, 0.5));
  save_moments(path, m);
  const std::string whole = get(path);
  for (std::size_t length = 0; length < whole.size(); length += 7) {
    put(path, std::string_view(whole).substr(0, length));
    CHECK_THROWS_AS(load_moments(path), FileError);
  }
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x11);
    put(path, damaged);
    try {
      const Moments read = load_moments(path);  // what says nothing about the numbers: dates, for instance
      const bool same = read.mean == m.mean && read.covariance == m.covariance;
      CHECK(same);
    } catch (const Error&) {
    }
  }
}
