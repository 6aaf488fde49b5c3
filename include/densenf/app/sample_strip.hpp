#pragma once

#include <filesystem>
#include <utility>
#include <vector>

#include "densenf/app/numbered_files.hpp"
#include "densenf/io/png.hpp"

namespace densenf::app {

/// Small pictures that show how samples changed over a run, in files step_<number>.png of a folder: never
/// more than `most`, spread over the run.
class SampleStrip {
public:
  static constexpr std::size_t most = 12;

  /// Goes on with the pictures of steps up to `last_step` (-1: none), and removes later ones. Throws
  /// FileError when the folder cannot be read or changed.
  SampleStrip(std::filesystem::path folder, Index last_step)
      : files_(std::move(folder), "step_", ".png"), steps_(files_.numbers()) {
    while (!steps_.empty() && steps_.back() > last_step) remove(steps_.size() - 1);
    thin();
  }

  /// Adds the picture of a step, later than all before or the same as the last one, and takes one out where
  /// there are too many. Throws FileError.
  void add(Index step, const Picture& picture) {
    std::error_code code;
    std::filesystem::create_directories(files_.folder(), code);
    if (code)
      throw FileError("The folder '{}' cannot be made: {}.", files_.folder().string(), code.message());
    save_png(path(step), picture);
    if (steps_.empty() || steps_.back() != step) steps_.push_back(step);
    thin();
  }

  /// Steps that there are pictures of, in order.
  const std::vector<Index>& steps() const { return steps_; }
  std::filesystem::path path(Index step) const { return files_.path(step); }

private:
  void thin() {
    while (steps_.size() > most) remove(superfluous());
  }

  /// Neither the first nor the last, but the one whose neighbors are the closest to each other.
  std::size_t superfluous() const {
    std::size_t best = 1;
    for (std::size_t i = 2; i + 1 < steps_.size(); ++i) {
      if (steps_[i + 1] - steps_[i - 1] < steps_[best + 1] - steps_[best - 1]) best = i;
    }
    return best;
  }

  void remove(std::size_t i) {
    files_.remove(steps_[i]);
    steps_.erase(steps_.begin() + static_cast<std::ptrdiff_t>(i));
  }

  NumberedFiles files_;
  std::vector<Index> steps_;
};

}  // namespace densenf::app
