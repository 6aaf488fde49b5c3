#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "densenf/core/shape.hpp"

// What programs know of an architecture's model for a data set. Each is compiled in a file of its own.
namespace architectures {

using densenf::Index;

/// What is timed: all of it works on the same batch.
class Work {
public:
  Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  virtual ~Work() = default;

  virtual void train() = 0;           ///< one step
  virtual void log_likelihood() = 0;  ///< of each image
  virtual void invert() = 0;          ///< from latents to images
  virtual void sample() = 0;          ///< as many images as the batch has
  virtual Index batch() const = 0;
  /// Bytes of passes beside weights, gradients and moments, at the most since the last call of reset_peak.
  virtual std::size_t peak_bytes() const = 0;
  virtual void reset_peak() = 0;
};

struct TrainingSettings {
  std::filesystem::path folder;  ///< where the run is, or goes on
  std::filesystem::path data;    ///< the digits' file, or the folder of CIFAR-10
  double seconds = 60;           ///< of training
  int threads = 0;               ///< of the CPU; 0: one per core
};

class Subject {
public:
  Subject() = default;
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;
  virtual ~Subject() = default;

  virtual std::string_view name() const = 0;
  virtual std::string_view data() const = 0;
  virtual Index parameters() const = 0;
  /// Trains a model, or goes on with a training that was interrupted, and leaves in the folder curve.csv,
  /// samples.png, samples.npy and at last result.json. Gives the signal that interrupted it, or 0.
  virtual int train(const TrainingSettings& settings) const = 0;
  /// A model that has taken its first steps on noise.
  virtual std::unique_ptr<Work> work(int threads) const = 0;
};

/// Those of the program's files, in the order of their names.
inline std::vector<const Subject*>& subjects() {
  static std::vector<const Subject*> all;
  return all;
}

}  // namespace architectures
