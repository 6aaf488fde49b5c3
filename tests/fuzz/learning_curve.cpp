#include "densenf/app/learning_curve.hpp"

#include "fuzz.hpp"

using namespace densenf;

namespace {

/// A picture of 900 x 600 pixels, and what its strokes are drawn in, is made whatever the file holds.
constexpr fuzz::Allowance with_picture{.for_each_byte = 64, .for_any_file = std::size_t{8} << 20};

constexpr Index last_step = 1000;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::File file({data, size});
  const std::string before = file.content();
  const bool taken = fuzz::reading(
      file,
      [&] {
        app::LearningCurve curve(file.path(), last_step);
        const std::string kept = file.content();
        const fuzz::File whole({data, size}, "whole");
        std::size_t points = 0;
        for (const std::vector<double>& row : read_curve(whole.path()))
          points += row[0] <= last_step ? 1u : 0u;
        fuzz::require(read_curve(file.path()).size() == points, "other points than those to be kept");
        app::LearningCurve again(file.path(), last_step);
        fuzz::require(file.content() == kept, "a file that is whole has changed");
        curve.append({last_step, 1, 3.5, 3.25});
        fuzz::require(curve.last(last_step) != nullptr, "the last point is not there");
        if (size % 8 != 0) return;  // a picture takes a hundred times as long as all else
        try {
          curve.picture();
        } catch (const ArgumentError&) {  // numbers between which no axis can be drawn
        }
      },
      with_picture);
  if (!taken) fuzz::require(file.content() == before, "a file that is refused has changed");
  return 0;
}
