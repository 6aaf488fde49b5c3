#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "densenf/data/order.hpp"
#include "densenf/train/trainer.hpp"

namespace densenf {

/// Rows that a flow learns from or is judged by, and what is given with each row where its density is
/// conditional. Refers to both.
template <class T>
struct FitData {
  const Batch<T>& rows;
  const Batch<T>* given = nullptr;

  FitData(const Batch<T>& all) : rows(all) {}
  FitData(const Batch<T>& all, const Batch<T>& condition) : rows(all), given(&condition) {}
};

/// What happened up to the end of an epoch.
struct FitEpoch {
  Index epoch = 0;           ///< counted from 1
  Index steps = 0;           ///< training steps so far
  double training_nats = 0;  ///< mean log-likelihood of the epoch's batches as they were learned from
  double held_out_nats = 0;  ///< mean log-likelihood of the held-out rows after the epoch
  bool best = false;         ///< whether no epoch before was better on the held-out rows
};

struct FitOptions {
  Index batch_size = 256;
  Index epochs = 100;   ///< at most
  Index patience = 20;  ///< epochs without a better held-out log-likelihood after which it ends; 0: none
  double lr = 1e-3;     ///< at the beginning; half a cosine leads to 0 at the last epoch
  Optimizer optimizer = Adam{};
  std::optional<double> max_gradient_norm = 5;  ///< gradients with a larger norm are scaled down to it
  std::uint64_t seed = 0;                       ///< of the order of rows and of the model's noise
  Index start_rows =
      10'000;  ///< of which pieces that start from data (Standardize, ActNorm) see the first so many
  /// Called after each epoch. Ending early is up to it: false ends the fit, as if no more epochs had been
  /// asked for.
  std::function<bool(const FitEpoch&)> after_epoch = {};

  /// Throws ArgumentError for the first setting that is out of range.
  void validate() const {
    if (batch_size < 1) throw ArgumentError("A batch must have at least one row, not {}.", batch_size);
    if (epochs < 1) throw ArgumentError("A fit needs at least one epoch, not {}.", epochs);
    if (patience < 0) throw ArgumentError("The patience must be 0 (none) or more epochs, not {}.", patience);
    if (start_rows < 2) throw ArgumentError("Starts from data need at least two rows, not {}.", start_rows);
  }
};

/// How a fit went.
struct FitReport {
  std::vector<FitEpoch> epochs;
  FitEpoch best;  ///< that whose weights the flow has now
};

namespace detail {

/// The weights of a flow as they are, to be given back.
template <class FlowType>
class SavedWeights {
public:
  using T = typename FlowType::Scalar;
  explicit SavedWeights(FlowType& flow) : flow_(flow) { save(); }
  void save() {
    parameters_ = flow_.parameters().to_host();
    state_ = flow_.state().to_host();
  }
  void give_back() const {
    flow_.set_parameters(parameters_);
    flow_.set_state(state_);
  }

private:
  FlowType& flow_;
  std::vector<T> parameters_, state_;
};

/// The batches of rows, and of what is given with them, in memory that is used again.
template <class T>
class RowBatches {
public:
  RowBatches(const FitData<T>& data, Index size, std::uint64_t seed)
      : data_(data),
        size_(std::min(size, data.rows.count)),
        order_(data.rows.count, size_, seed, Order::shuffled_epochs) {}

  Index steps_per_epoch() const { return data_.rows.count / size_; }

  /// Calls f(rows) or f(rows, given) with the batch of a step, counted from 0.
  template <class F>
  void with(Index step, const F& f) {
    chosen_.resize(static_cast<std::size_t>(size_));
    for (Index slot = 0; slot < size_; ++slot)
      chosen_[static_cast<std::size_t>(slot)] = order_.at(step, slot);
    copy(data_.rows, rows_);
    if (data_.given == nullptr) return f(std::as_const(rows_), nullptr);
    copy(*data_.given, given_);
    f(std::as_const(rows_), &given_);
  }

private:
  void copy(const Batch<T>& from, Batch<T>& to) const {
    const Index size = from.shape.size();
    to.shape = from.shape;
    to.count = size_;
    to.values.resize(static_cast<std::size_t>(size_ * size));
    for (Index i = 0; i < size_; ++i) {
      const auto at = from.values.begin() + chosen_[static_cast<std::size_t>(i)] * size;
      std::copy(at, at + size, to.values.begin() + i * size);
    }
  }

  FitData<T> data_;
  Index size_;
  BatchOrder order_;
  std::vector<Index> chosen_;
  Batch<T> rows_, given_;
};

template <class T>
void require_fit_data(const FitData<T>& data, const Shape& shape, bool conditional, const char* what) {
  const Index count = view_batch(data.rows, shape).count;
  if (count < 1) throw ArgumentError("There are no {} rows: give at least one.", what);
  if (conditional && data.given == nullptr)
    throw ArgumentError("This flow's density is conditional: give {{rows, condition}} as the {} rows.", what);
  if (!conditional && data.given != nullptr)
    throw ArgumentError("This flow's density is not conditional: give the {} rows alone.", what);
  if (conditional)
    require_values("What is given", data.given->count, data.given->shape, data.given->values.size());
  if (conditional && data.given->count != count) {
    throw ShapeError("There are {} {} rows, but {} conditions for them.", count, what, data.given->count);
  }
}

}  // namespace detail

/// Fits a flow to the rows of a table: pieces that start from data get their start from the first rows in the
/// order of the seed; then epochs of shuffled batches, with half a cosine as the learning rate, until the
/// last one or until the held-out rows have not become more likely for `patience` epochs. The flow then has
/// the weights of the best epoch. Log-likelihoods are means per row, in nats; of a model with noise inside,
/// bounds.
///
///   const SplitTable<float> data = split_rows(load_csv("rows.csv"), 0.1);
///   const FitReport report = fit(flow, data.training, data.held_out);
///   fit(flow, {y, c}, {y_held_out, c_held_out}, {.epochs = 50});            // p(y | c)
///
/// Throws ArgumentError and ShapeError for rows and options that cannot be, NonFiniteError when the loss or a
/// gradient is not finite; then the flow's weights are what they were before the call.
template <class FlowType, class T = typename FlowType::Scalar>
FitReport fit(FlowType& flow, const FitData<std::type_identity_t<T>>& training,
              const FitData<std::type_identity_t<T>>& held_out, const FitOptions& options = {}) {
  constexpr bool conditional = FlowType::conditional;
  options.validate();
  detail::require_fit_data(training, flow.shape(), conditional, "training");
  detail::require_fit_data(held_out, flow.shape(), conditional, "held-out");
  // Calls f with what a flow is given: rows, or rows and their condition.
  const auto given = [](const Batch<T>& rows, const Batch<T>* condition, const auto& f) {
    if constexpr (conditional)
      return f(typename FlowType::Input(rows, *condition));
    else
      return f(typename FlowType::Input(rows));
  };
  const auto mean_log_prob = [&] {
    return given(held_out.rows, held_out.given, [&](const auto& input) {
      return -flow.bits_per_dim(input, {.seed = options.seed, .batch = 1024}) * std::numbers::ln2 *
             static_cast<double>(flow.shape().size());
    });
  };

  const detail::SavedWeights<FlowType> before(flow);
  detail::SavedWeights<FlowType> best(flow);
  try {
    detail::RowBatches<T> first(training, options.start_rows, options.seed),
        batches(training, options.batch_size, options.seed);
    if (flow.needs_initialization()) {
      first.with(0, [&](const Batch<T>& rows, const Batch<T>* condition) {
        given(rows, condition, [&](const auto& input) { return flow.initialize(input, options.seed); });
      });
    }
    const Index steps = batches.steps_per_epoch();
    Trainer<FlowType> trainer(flow, {.optimizer = options.optimizer,
                                     .schedule = {.lr = options.lr, .cosine_steps = steps * options.epochs},
                                     .max_gradient_norm = options.max_gradient_norm,
                                     .seed = options.seed});
    FitReport report;
    const double nats_per_bit = std::numbers::ln2 * static_cast<double>(flow.shape().size());
    for (Index epoch = 1; epoch <= options.epochs; ++epoch) {
      FitEpoch now{.epoch = epoch};
      for (Index step = 0; step < steps; ++step) {
        batches.with(trainer.steps(), [&](const Batch<T>& rows, const Batch<T>* condition) {
          now.training_nats -= nats_per_bit / static_cast<double>(steps) *
                               given(rows, condition, [&](const auto& input) { return trainer.step(input); });
        });
      }
      now.steps = trainer.steps();
      now.held_out_nats = mean_log_prob();
      // Not a number is worse than anything.
      now.best = report.epochs.empty() || now.held_out_nats > report.best.held_out_nats ||
                 (std::isnan(report.best.held_out_nats) && !std::isnan(now.held_out_nats));
      report.epochs.push_back(now);
      if (now.best) {
        report.best = now;
        best.save();
      }
      if (options.after_epoch && !options.after_epoch(now)) break;
      if (options.patience > 0 && epoch - report.best.epoch >= options.patience) break;
    }
    best.give_back();
    return report;
  } catch (...) {
    before.give_back();
    throw;
  }
}

}  // namespace densenf
