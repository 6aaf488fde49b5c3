#include "densenf/io/csv.hpp"

#include <cstdlib>

#include "fuzz.hpp"

using namespace densenf;

namespace {

/// What a curve of the columns a and b has to become that goes on from a number in the first: of the lines
/// that have an end, those whose number is not greater.
std::string kept(std::string_view text, double keep_through) {
  const std::string header = "a,b\n";
  if (text.empty()) return header;
  std::string lines(text.substr(0, header.size()));
  text.remove_prefix(header.size());
  for (std::size_t end; (end = text.find('\n')) != std::string_view::npos; text.remove_prefix(end + 1)) {
    const std::string line(text.substr(0, end + 1));
    if (std::strtod(line.c_str(), nullptr) <= keep_through) lines += line;
  }
  return lines;
}

/// Goes on with a curve that has the columns a and b, up to a number in the first.
void go_on(fuzz::Bytes bytes, double keep_through) {
  const fuzz::File file(bytes);
  const std::string before = file.content();
  const bool taken = fuzz::reading(file, [&] {
    CurveFile curve(file.path(), {"a", "b"}, keep_through);
    fuzz::require(file.content() == kept(before, keep_through), "other rows than those to be kept");
    const std::size_t rows = read_curve(file.path()).size();
    curve.append({0.1, -1e-310});
    const std::vector<std::vector<double>> now = read_curve(file.path());
    fuzz::require(now.size() == rows + 1 && now.back() == std::vector<double>{0.1, -1e-310},
                  "what was appended is not there");
  });
  if (!taken) fuzz::require(file.content() == before, "a file that is refused has changed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::File file({data, size});
  fuzz::reading(file, [&] {
    const std::vector<std::vector<double>> rows = read_curve(file.path());
    for (const std::vector<double>& row : rows)
      fuzz::require(!row.empty() && row.size() == rows.front().size(), "rows of different lengths");
  });
  go_on({data, size}, std::numeric_limits<double>::infinity());
  go_on({data, size}, 2);
  return 0;
}
