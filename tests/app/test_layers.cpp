#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

/// How many times the headers of the library say so, those in app/ and the others.
struct Counts {
  int in_app = 0, elsewhere = 0;
};

Counts counts_of(const std::string& text) {
  Counts counts;
  const auto root = std::filesystem::path(DENSENF_SOURCE_DIR) / "include" / "densenf";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path());
    const std::string content(std::istreambuf_iterator<char>(file), {});
    int& count = entry.path().parent_path() == root / "app" ? counts.in_app : counts.elsewhere;
    for (auto at = content.find(text); at != std::string::npos; at = content.find(text, at + 1)) ++count;
  }
  return counts;
}

}  // namespace

TEST_CASE("the library does not know the applications that are made of it") {
  const Counts includes = counts_of("densenf/app/");
  CHECK(includes.in_app > 0);
  CHECK(includes.elsewhere == 0);
}

TEST_CASE("what only plots need is used by plots only") {
  const Counts includes = counts_of("stb_easy_font.h");
  CHECK(includes.in_app == 1);
  CHECK(includes.elsewhere == 0);
}
