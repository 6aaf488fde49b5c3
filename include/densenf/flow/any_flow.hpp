#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "densenf/flow/describe.hpp"
#include "densenf/flow/session.hpp"

// Flows whose model is known only when the program runs: from a file that names it, for instance.
namespace densenf {

/// What is given to an AnyFlow: images, or {images, condition}, of the types that a Flow takes whose numbers
/// are bytes, ints, floats or doubles. Refers to both.
class AnyInput {
public:
  using View =
      std::variant<BatchView<std::uint8_t>, BatchView<std::int32_t>, BatchView<float>, BatchView<double>>;

  template <class ImagesLike>
  requires(!std::same_as<ImagesLike, AnyInput>)  //
      AnyInput(const ImagesLike& images)
      : images_(view_of(images)) {}
  template <class ImagesLike, class GivenLike>
  AnyInput(const ImagesLike& images, const GivenLike& given)
      : images_(view_of(images)), given_(view_of(given)) {}

  bool has_condition() const { return given_.has_value(); }
  /// As views, of images of these shapes (else ShapeError).
  View images(const Shape& shape) const { return images_(shape); }
  View given(const Shape& shape) const { return (*given_)(shape); }

private:
  using ViewOf = std::function<View(const Shape&)>;

  template <class Like>
  static ViewOf view_of(const Like& batch) {
    return [&batch](const Shape& shape) -> View { return detail::view_batch_or_numbers(batch, shape); };
  }

  ViewOf images_;
  std::optional<ViewOf> given_;
};

/// A flow of some model, to compute with. What a Flow refuses when it is compiled is an ArgumentError here.
class AnyFlow {
public:
  /// With these weights, which must not be changed while it computes.
  template <class Model, class T, class Device, class Base, class Condition>
  AnyFlow(std::string name, std::shared_ptr<const Weights<Model, T, Device, Base, Condition>> weights)
      : AnyFlow(std::move(name), Session<Model, T, Device, Base, Condition>(std::move(weights))) {}
  template <class Model, class T, class Device, class Base, class Condition>
  AnyFlow(std::string name, std::shared_ptr<Weights<Model, T, Device, Base, Condition>> weights)
      : AnyFlow(std::move(name),
                std::shared_ptr<const Weights<Model, T, Device, Base, Condition>>(std::move(weights))) {}

  /// The model's name, as it stands in files.
  const std::string& name() const { return name_; }
  const Shape& shape() const { return held_->shape(); }
  /// Whether the likelihood is exact (log_prob), or bounded (elbo, iwbo).
  bool exact() const { return held_->exact(); }
  /// Gray levels of the data; 0: any numbers.
  Index levels() const { return held_->levels(); }
  /// Of what is given with each image; none where the density is not conditional.
  std::optional<Shape> condition() const { return held_->condition(); }
  const ParameterTable& table() const { return held_->table(); }
  /// The table of pieces that densenf::describe makes.
  std::string describe() const { return held_->describe(); }

  /// log p of each image; its bounds where the model draws noise. See Session.
  std::vector<double> log_prob(const AnyInput& input, const EvaluationOptions& options = {}) {
    if (!exact()) {
      throw ArgumentError("The model '{}' draws noise, so its likelihood is only bounded: use elbo or iwbo.",
                          name_);
    }
    return held_->evaluate(checked(input), 1, options);
  }
  std::vector<double> elbo(const AnyInput& input, const EvaluationOptions& options = {}) {
    return iwbo(input, 1, options);
  }
  std::vector<double> iwbo(const AnyInput& input, Index draws, const EvaluationOptions& options = {}) {
    if (exact()) throw ArgumentError("The likelihood of the model '{}' is exact: use log_prob.", name_);
    return held_->evaluate(checked(input), draws, options);
  }
  double bits_per_dim(const AnyInput& input, const EvaluationOptions& options = {}) {
    return held_->bits_per_dim(checked(input), options);
  }

  /// Draws; gray levels are whole numbers.
  Batch<double> sample(Index count, const SampleOptions& options = {}) {
    if (condition()) {
      throw ArgumentError("The density of the model '{}' is conditional: call sample(count, condition).",
                          name_);
    }
    return held_->sample(count, nullptr, options);
  }
  template <class GivenLike>
  requires(!std::same_as<GivenLike, SampleOptions>)  //
      Batch<double> sample(Index count, const GivenLike& given, const SampleOptions& options = {}) {
    if (!condition()) throw ArgumentError("The density of the model '{}' is not conditional.", name_);
    const AnyInput there(given);
    return held_->sample(count, &there, options);
  }

  /// All that the images become, and the images that latents stand for: see Session.
  Latents<double> encode(const AnyInput& input, const EvaluationOptions& options = {}) {
    return held_->encode(checked(input), options);
  }
  Batch<double> decode(const Latents<double>& latents, Index batch = 64) {
    if (condition()) {
      throw ArgumentError("The density of the model '{}' is conditional: call decode(latents, condition).",
                          name_);
    }
    return held_->decode(latents, nullptr, batch);
  }
  template <class GivenLike>
  requires(!std::integral<GivenLike>)  //
      Batch<double> decode(const Latents<double>& latents, const GivenLike& given, Index batch = 64) {
    if (!condition()) throw ArgumentError("The density of the model '{}' is not conditional.", name_);
    const AnyInput there(given);
    return held_->decode(latents, &there, batch);
  }

  /// Another one with the same weights, for another thread: with threads, or a stream, of its own.
  AnyFlow session() const { return {name_, held_->another()}; }

private:
  struct Held {
    virtual ~Held() = default;
    virtual const Shape& shape() const = 0;
    virtual bool exact() const = 0;
    virtual Index levels() const = 0;
    virtual std::optional<Shape> condition() const = 0;
    virtual const ParameterTable& table() const = 0;
    virtual std::string describe() = 0;
    /// log p, or its bound from so many draws.
    virtual std::vector<double> evaluate(const AnyInput&, Index draws, const EvaluationOptions&) = 0;
    virtual double bits_per_dim(const AnyInput&, const EvaluationOptions&) = 0;
    virtual Batch<double> sample(Index, const AnyInput* given, const SampleOptions&) = 0;
    virtual Latents<double> encode(const AnyInput&, const EvaluationOptions&) = 0;
    virtual Batch<double> decode(const Latents<double>&, const AnyInput* given, Index batch) = 0;
    virtual std::unique_ptr<Held> another() const = 0;
  };

  template <class SessionType>
  struct Holder final : Held {
    using Condition = typename SessionType::ConditionType;
    static constexpr bool conditional = SessionType::conditional;

    explicit Holder(SessionType s) : session(std::move(s)) {}

    const Shape& shape() const override { return session.shape(); }
    bool exact() const override { return SessionType::exact; }
    Index levels() const override { return SessionType::levels; }
    std::optional<Shape> condition() const override {
      if constexpr (conditional)
        return Condition::shape;
      else
        return std::nullopt;
    }
    const ParameterTable& table() const override { return session.table(); }
    std::string describe() override { return densenf::describe(session); }
    std::vector<double> evaluate(const AnyInput& input, Index draws,
                                 const EvaluationOptions& options) override {
      return with_input(input, [&](const auto& typed) {
        if constexpr (SessionType::exact)
          return session.log_prob(typed, options);
        else
          return session.iwbo(typed, draws, options);  // from one draw it is elbo
      });
    }
    double bits_per_dim(const AnyInput& input, const EvaluationOptions& options) override {
      return with_input(input, [&](const auto& typed) { return session.bits_per_dim(typed, options); });
    }
    Batch<double> sample(Index count, const AnyInput* given, const SampleOptions& options) override {
      if constexpr (conditional) {
        return std::visit([&](const auto& there) { return widened(session.sample(count, there, options)); },
                          given->images(Condition::shape));
      } else {
        return widened(session.sample(count, options));
      }
    }
    Latents<double> encode(const AnyInput& input, const EvaluationOptions& options) override {
      return with_input(input,
                        [&](const auto& typed) { return converted<double>(session.encode(typed, options)); });
    }
    Batch<double> decode(const Latents<double>& latents, const AnyInput* given, Index batch) override {
      const auto own = converted<typename SessionType::Scalar>(latents);
      if constexpr (conditional) {
        return std::visit([&](const auto& there) { return widened(session.decode(own, there, batch)); },
                          given->images(Condition::shape));
      } else {
        return widened(session.decode(own, batch));
      }
    }
    std::unique_ptr<Held> another() const override {
      return std::make_unique<Holder>(session.session(session.device().fresh()));
    }

    /// f(input) with the flow's own type of it.
    template <class F>
    auto with_input(const AnyInput& input, const F& f) {
      using Result = decltype(f(std::declval<const typename SessionType::Input&>()));
      return std::visit(
          [&](const auto& images) -> Result {
            using U = std::remove_cvref_t<decltype(*images.data)>;
            if constexpr (SessionType::levels == 0 && !std::is_floating_point_v<U>) {
              return refuse_integers<Result>();
            } else if constexpr (conditional) {
              return std::visit(
                  [&](const auto& given) { return f(typename SessionType::Input(images, given)); },
                  input.given(Condition::shape));
            } else {
              return f(typename SessionType::Input(images));
            }
          },
          input.images(session.shape()));
    }

    template <class Result>
    [[noreturn]] static Result refuse_integers() {
      throw ArgumentError(
          "This model has a density over real numbers, and integers have none: give floating-point numbers.");
    }

    template <class To, class U>
    static Batch<To> converted(const Batch<U>& batch) {
      Batch<To> result{batch.shape, batch.count, {}};
      result.values.reserve(batch.values.size());
      for (const U value : batch.values) result.values.push_back(static_cast<To>(value));
      return result;
    }
    template <class U>
    static Batch<double> widened(const Batch<U>& batch) {
      return converted<double>(batch);
    }
    template <class To, class U>
    static Latents<To> converted(const Latents<U>& latents) {
      Latents<To> result{converted<To>(latents.base), {}, {}, latents.log_prob};
      for (const Batch<U>& part : latents.factored) result.factored.push_back(converted<To>(part));
      for (const Batch<U>& draw : latents.noise) result.noise.push_back(converted<To>(draw));
      return result;
    }

    SessionType session;
  };

  template <class Model, class T, class Device, class Base, class Condition>
  AnyFlow(std::string name, Session<Model, T, Device, Base, Condition> session)
      : name_(std::move(name)),
        held_(std::make_unique<Holder<Session<Model, T, Device, Base, Condition>>>(std::move(session))) {}
  AnyFlow(std::string name, std::unique_ptr<Held> held) : name_(std::move(name)), held_(std::move(held)) {}

  const AnyInput& checked(const AnyInput& input) const {
    if (condition() && !input.has_condition()) {
      throw ArgumentError("The density of the model '{}' is conditional: give it {{images, condition}}.",
                          name_);
    }
    if (!condition() && input.has_condition())
      throw ArgumentError("The density of the model '{}' is not conditional: give it images alone.", name_);
    return input;
  }

  std::string name_;
  std::unique_ptr<Held> held_;
};

}  // namespace densenf
