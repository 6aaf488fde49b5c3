#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "densenf/autodiff/pixel_inverse.hpp"
#include "densenf/autodiff/policy.hpp"
#include "densenf/core/noise.hpp"
#include "densenf/core/parameters.hpp"
#include "densenf/core/tensor.hpp"

namespace densenf {

/// Whether statistics (BatchNorm's) are taken from the batch, or those that training has left are used.
enum class Phase { training, evaluation };

/// Receives what leaves the flow on the way forward, in order.
template <class T>
class LatentSink {
public:
  virtual ~LatentSink() = default;
  virtual void keep(Tensor<const T> latent) = 0;
  /// Where the log-density is added under which each of n images' part leaves that is kept next, on the
  /// device; null: not wanted.
  virtual double* log_density(Index /*n*/) { return nullptr; }
};

/// What a part that left the flow consists of where a piece has chosen it: numbers from `first` to `last` in
/// steps of `step`; with `each_once`, every one of them once in each image.
struct LatentChoices {
  Index first = 0, last = 0, step = 1;
  bool each_once = false;
};

/// Gives back on the way back what left the flow, last first.
template <class T>
class LatentSource {
public:
  virtual ~LatentSource() = default;
  /// Throws ArgumentError where the part is none of the choices that are possible.
  virtual void take(Tensor<T> latent, const std::optional<LatentChoices>& choices = {}) = 0;
};

/// Sees the output of each piece of a flow as it is computed, that of pieces inside of others first; used to
/// find where a number stopped being finite.
template <class T>
class Observer {
public:
  virtual ~Observer() = default;
  /// A piece is about to be computed.
  virtual void on_begin(const std::string&) {}
  virtual void on_output(const std::string& name, Tensor<const T> output, const double* log_prob) = 0;
};

/// Is told in the backward pass which gradients nothing will be added to any more.
class GradientListener {
public:
  virtual ~GradientListener() = default;
  /// The gradients of all parameters whose offset is `first` or more are final. Called with offsets that do
  /// not grow, because the backward pass meets parameters in the opposite order of their declaration.
  virtual void on_final(Index first) = 0;
};

/// The numbers of a model, as passes see them: no pass changes them.
template <class T>
struct WeightsView {
  const ParameterTable* table = nullptr;  ///< of the model, for names in messages; null: not known
  const T* parameters = nullptr;          ///< flat buffer, laid out by the table
  const T* state = nullptr;               ///< likewise
  /// Of the parameters: those of a version that is not 0 are the same at each pass.
  std::uint64_t version = 0;

  /// For a pass that runs while the numbers change, or again when they have changed.
  WeightsView of_any_version() const { return {table, parameters, state, 0}; }
};

/// Multiplications and additions of products with weights, and of attention.
struct OperationCount {
  double defined = 0;  ///< as the definitions of convolutions have them
  double on_cpu = 0;   ///< as the CPU computes them: fewer where it takes Winograd's algorithm
};

/// What one pass over a model computes with and what it is for. A pass is a constant: it is made in one
/// expression, and nothing changes it while it runs.
///
///   const Pass<T, Device> pass{.weights = weights.view(), .noise = &noise, .temperature = 0.7};
template <class T, class Device>
struct Pass {
  WeightsView<T> weights = {};
  NoiseSource<T, Device>* noise = nullptr;

  Phase phase = Phase::evaluation;
  MemoryPolicy policy = MemoryPolicy::store;
  Index slice = 0;         ///< images in work at once inside of couplings; 0: all (autodiff/slices.hpp)
  double temperature = 1;  ///< of the base distributions when sampling

  T* gradients = nullptr;   ///< like parameters; added to by the backward pass. null: they are constants
  T* next_state = nullptr;  ///< like state: what it becomes if the step is taken; null: not wanted
  T* start_parameters = nullptr;  ///< parameters, for data-dependent starts alone; null in every other pass
  T* start_state = nullptr;       ///< state likewise

  LatentSink<T>* latents = nullptr;  ///< when encoding
  LatentSource<T>* kept = nullptr;   ///< when decoding
  Observer<T>* observer = nullptr;
  GradientListener* gradient_listener = nullptr;
  OperationCount* operations = nullptr;  ///< what the pass computes is added here
  /// Whether what the pass records is run more than once: gradients are forgotten after each time.
  bool repeats_adjoints = false;
  Index first_image = 0;  ///< the number in the batch of the first one that is worked on: 0, but in slices

  std::optional<JacobiIteration> jacobi = {};  ///< of inverses that otherwise go pixel by pixel
  Guidance guidance = {};                      ///< of the same, when sampling

  /// The same on the way back, where stretches that run again say no more what the state becomes.
  Pass backward() const {
    Pass back = *this;
    back.next_state = nullptr;
    return back;
  }
};

}  // namespace densenf
