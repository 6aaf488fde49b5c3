#pragma once

#include <concepts>
#include <type_traits>

#include "densenf/core/check_values.hpp"
#include "densenf/core/tensor.hpp"
#include "densenf/flow/condition.hpp"

namespace densenf {

/// A batch in somebody else's memory on its way to a flow's device, of any type that view_batch takes. Refers
/// to the batch.
template <class T, class Device>
class BatchRef {
public:
  /// `view(batch, shape)` is the batch as a view; `check(view)` throws for values that it must not hold.
  template <class Like, class View, class Check>
  BatchRef(const Like& batch, View, Check)
      : batch_(&batch),
        count_([](const void* b, const Shape& shape) {
          return View{}(*static_cast<const Like*>(b), shape).count;
        }),
        check_(
            [](const void* b, const Shape& shape) { Check{}(View{}(*static_cast<const Like*>(b), shape)); }),
        upload_([](const void* b, const Shape& shape, const Device& device, Index first, Tensor<T> to) {
          const auto view = View{}(*static_cast<const Like*>(b), shape);
          // One image may stand for as many as are asked for.
          const auto some = view.count == 1 ? repeated(view, to.n) : view.images(first, to.n);
          from_strided(device, some.data, some.image_stride, some.value_stride, to);
        }) {}

  /// How many images there are. Throws ShapeError when they are not of that shape.
  Index count(const Shape& shape) const { return count_(batch_, shape); }
  /// Throws ArgumentError for values that the flow cannot take.
  void check(const Shape& shape) const { check_(batch_, shape); }
  /// Brings as many images as `to` has, from number `first` on, to the device.
  void upload(const Shape& shape, const Device& device, Index first, Tensor<T> to) const {
    upload_(batch_, shape, device, first, to);
  }

private:
  template <class View>
  static View repeated(View view, Index count) {
    view.count = count;
    view.image_stride = 0;
    return view;
  }

  const void* batch_;
  Index (*count_)(const void*, const Shape&);
  void (*check_)(const void*, const Shape&);
  void (*upload_)(const void*, const Shape&, const Device&, Index, Tensor<T>);
};

/// What is given with images: for a flow with a condition, a batch of it with a row for each image or one row
/// for all; for classes, any contiguous range of labels.
template <class T, class Device, class Condition>
class GivenRef : public BatchRef<T, Device> {
public:
  template <class GivenLike>
  requires(!std::derived_from<GivenLike, GivenRef>)  //
      GivenRef(const GivenLike& given)
      : BatchRef<T, Device>(given, View{}, [](const auto& view) { Condition::check(view); }) {}

  /// Throws ShapeError unless there is one for each of `images`, or one for all, and ArgumentError for values
  /// that cannot be given.
  void require(Index images) const {
    const Index count = this->count(Condition::shape);
    if (count != images && count != 1) {
      throw ShapeError(
          "A condition is given with each image, or one for all: {} images were given {} conditions.", images,
          count);
    }
    this->check(Condition::shape);
  }

private:
  struct View {
    template <class GivenLike>
    auto operator()(const GivenLike& given, const Shape& shape) const {
      return detail::view_batch_or_numbers(given, shape);
    }
  };
};

template <class T, class Device>
class GivenRef<T, Device, NoCondition> {};

/// What a flow is given: images; or {images, condition} where its density is conditional. Refers to both.
template <class T, class Device, Index Levels, class Condition>
class Input {
  static constexpr bool conditional = Condition::channels > 0;

public:
  using Given = GivenRef<T, Device, Condition>;

  template <class ImagesLike>
  requires(!std::same_as<ImagesLike, Input>)  //
      Input(const ImagesLike& images)
      : images_(make(images)) {
    static_assert(!conditional, "This flow's density is conditional: give it {images, condition}.");
  }

  template <class ImagesLike, class GivenLike>
  Input(const ImagesLike& images, const GivenLike& given)
      : images_(make(images)), given_(make_given(given)) {}

  /// How many images there are, after a look at their values and at the condition. Throws ShapeError and
  /// ArgumentError.
  Index checked_count(const Shape& shape) const {
    const Index count = images_.count(shape);
    images_.check(shape);
    if constexpr (conditional) given_.require(count);
    return count;
  }

  const BatchRef<T, Device>& images() const { return images_; }
  const Given& given() const { return given_; }

private:
  struct View {
    template <class ImagesLike>
    auto operator()(const ImagesLike& images, const Shape& shape) const {
      return view_batch(images, shape);
    }
  };
  struct Check {
    template <class U>
    void operator()(const BatchView<U>& view) const {
      static_assert(
          Levels > 0 || std::is_floating_point_v<U>,
          "This flow has a density over real numbers, and integers have none: make Dequantize its first "
          "piece, or give floating-point numbers.");
      if constexpr (Levels > 0)
        detail::require_levels(view, Levels);
      else
        detail::require_finite(view);
    }
  };

  template <class ImagesLike>
  static BatchRef<T, Device> make(const ImagesLike& images) {
    return {images, View{}, Check{}};
  }
  template <class GivenLike>
  static Given make_given(const GivenLike& given) {
    static_assert(conditional, "This flow's density is not conditional: give it images alone.");
    if constexpr (conditional)
      return Given(given);
    else
      return {};
  }

  BatchRef<T, Device> images_;
  [[no_unique_address]] Given given_;
};

}  // namespace densenf
