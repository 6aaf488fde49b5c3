#pragma once

#include <utility>
#include <vector>

#include "densenf/core/batch.hpp"
#include "densenf/core/cpu.hpp"
#include "densenf/core/noise.hpp"
#include "densenf/core/noise_key.hpp"
#include "densenf/kernels/contract.hpp"

namespace densenf {

/// What a sequence of random numbers is for; no two purposes share numbers under one seed.
enum class Stream : std::uint32_t { training, evaluation, sampling, start, data, augmentation };

/// Draws computed from a counter (Philox): a function of seed, stream, step and the draw's place in the
/// model's order. Every image has its own numbers, whatever batch it is part of.
template <class T, class Device>
class PhiloxNoise : public NoiseSource<T, Device> {
public:
  /// `first_image` is the number of the batch's first image within the step. `shift`, which lies on the
  /// device, may be null; else it is added to both when a draw is made.
  PhiloxNoise(std::uint64_t seed, Stream stream, std::uint64_t step, Index first_image = 0,
              const NoiseShift* shift = nullptr)
      : key_{seed, static_cast<std::uint32_t>(stream), step, 0}, first_image_(first_image), shift_(shift) {}

  void normal(const Device& device, Tensor<T> out) override {
    fill_normal(device, key_, first_image_ * out.shape().size(), out, shift_);
    ++key_.draw;
  }
  void uniform(const Device& device, Tensor<T> out) override {
    fill_uniform(device, key_, first_image_ * out.shape().size(), out, shift_);
    ++key_.draw;
  }
  void uniform_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    fill_uniform(device, repeated(number), (first_image_ + first) * out.shape().size(), out, shift_);
  }
  void normal_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    fill_normal(device, repeated(number), (first_image_ + first) * out.shape().size(), out, shift_);
  }
  Index count_again(const Device& device, Index number, const CountLaw& law) override {
    // A recording would go on with the number that it was made with: waiting for the device ends it.
    if (shift_ != nullptr) synchronize(device);
    return law.number(uniform_on(Cpu(1), repeated(number)));
  }

private:
  /// No model asks for as many draws that are not repeated.
  static constexpr std::uint32_t first_repeated = std::uint32_t{1} << 31;

  template <class Host>
  static double uniform_on(const Host& cpu, const NoiseKey& key) {
    double u = 0;
    fill_uniform(cpu, key, 0, make_tensor(&u, 1, Shape{1, 1, 1}));
    return u;
  }
  NoiseKey repeated(Index number) const {
    NoiseKey key = key_;
    key.draw = first_repeated + static_cast<std::uint32_t>(number);
    return key;
  }

  NoiseKey key_;
  Index first_image_;
  const NoiseShift* shift_;
};

/// Which of the draws in a model's order those are that it may ask for again.
class RepeatedDraws {
public:
  /// The place of draw `number`: at its first call `next`, which is moved on.
  std::size_t find(Index number, std::size_t& next) {
    for (const auto& [known, place] : places_) {
      if (known == number) return place;
    }
    places_.emplace_back(number, next);
    return next++;
  }
  void clear() { places_.clear(); }

private:
  std::vector<std::pair<Index, std::size_t>> places_;
};

/// Gives out recorded draws in order. Throws ArgumentError when they run out or do not fit, and ShapeError at
/// once when one of them does not have the values that its shape needs.
template <class T, class Device>
class ReplayedNoise : public NoiseSource<T, Device> {
public:
  explicit ReplayedNoise(std::vector<Batch<T>> draws) : draws_(std::move(draws)) {
    for (std::size_t i = 0; i < draws_.size(); ++i) {
      require_values("Draw number " + std::to_string(i + 1), draws_[i].count, draws_[i].shape,
                     draws_[i].values.size());
    }
  }

  void normal(const Device& device, Tensor<T> out) override {
    const Batch<T>& draw = find(next_, out, [&](Index count) { return count == out.n; });
    ++next_;
    from_nchw(device, draw.values.data(), out);
  }
  void uniform(const Device& device, Tensor<T> out) override { normal(device, out); }
  void uniform_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    const Batch<T>& draw =
        find(repeated_.find(number, next_), out, [&](Index count) { return first + out.n <= count; });
    from_nchw(device, draw.values.data() + first * out.shape().size(), out);
  }
  void normal_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    uniform_again(device, number, first, out);
  }
  Index count_again(const Device&, Index number, const CountLaw&) override {
    const Tensor<T> one = make_tensor(static_cast<T*>(nullptr), 1, Shape{1, 1, 1});
    const Batch<T>& draw = find(repeated_.find(number, next_), one, [](Index count) { return count == 1; });
    return static_cast<Index>(draw.values.front());
  }

private:
  template <class Fits>
  const Batch<T>& find(std::size_t i, Tensor<T> out, const Fits& fits) const {
    if (i >= draws_.size()) {
      throw ArgumentError("The model asked for draw number {}, but only {} were recorded.", i + 1,
                          draws_.size());
    }
    const Batch<T>& draw = draws_[i];
    if (draw.shape != out.shape() || !fits(draw.count)) {
      throw ArgumentError("Draw number {} was recorded as {} images of {}, but the model asks for {} of {}.",
                          i + 1, draw.count, to_string(draw.shape), out.n, to_string(out.shape()));
    }
    return draw;
  }

  std::vector<Batch<T>> draws_;
  std::size_t next_ = 0;
  RepeatedDraws repeated_;
};

/// Hands on another source's draws and keeps a copy of each.
template <class T, class Device>
class RecordedNoise : public NoiseSource<T, Device> {
public:
  explicit RecordedNoise(NoiseSource<T, Device>& source) : source_(source) {}

  void normal(const Device& device, Tensor<T> out) override {
    source_.normal(device, out);
    keep(device, out);
  }
  void uniform(const Device& device, Tensor<T> out) override {
    source_.uniform(device, out);
    keep(device, out);
  }
  void uniform_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    source_.uniform_again(device, number, first, out);
    keep_repeated(device, number, first, out);
  }
  void normal_again(const Device& device, Index number, Index first, Tensor<T> out) override {
    source_.normal_again(device, number, first, out);
    keep_repeated(device, number, first, out);
  }
  Index count_again(const Device& device, Index number, const CountLaw& law) override {
    const Index drawn = source_.count_again(device, number, law);
    Batch<T>& draw = repeated(number, {1, 1, 1});
    draw.count = 1;
    draw.values.assign(1, static_cast<T>(drawn));
    return drawn;
  }

  std::vector<Batch<T>> draws;

private:
  Batch<T>& repeated(Index number, const Shape& shape) {
    std::size_t next = draws.size();
    const std::size_t place = repeated_.find(number, next);
    if (place == draws.size()) draws.push_back({shape, 0, {}});
    return draws[place];
  }
  void keep_repeated(const Device& device, Index number, Index first, Tensor<T> out) {
    Batch<T>& draw = repeated(number, out.shape());
    if (draw.count != first) return;  // which was there before
    const Batch<T> images = to_host(device, as_const(out));
    draw.count += images.count;
    draw.values.insert(draw.values.end(), images.values.begin(), images.values.end());
  }
  void keep(const Device& device, Tensor<T> out) { draws.push_back(to_host(device, as_const(out))); }

  NoiseSource<T, Device>& source_;
  RepeatedDraws repeated_;
};

}  // namespace densenf
