#include "densenf/data/loader.hpp"

#include <doctest/doctest.h>

#include <map>
#include <type_traits>

using namespace densenf;

namespace {

/// `count` images 1 x 2 x 3 whose first value is their number.
Images numbered(Index count) {
  Images images{{1, 2, 3}, count, 256, {}};
  for (Index i = 0; i < count; ++i) {
    for (Index k = 0; k < 6; ++k) images.values.push_back(static_cast<std::uint8_t>(i + 40 * k));
  }
  return images;
}

std::vector<std::uint8_t> batch(DataLoader& batches, Index step) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(batches.batch_values()), 99);
  batches.fill(step, out);
  return out;
}

}  // namespace

TEST_CASE("shuffled epochs take every image exactly once, across batches that straddle them") {
  const Images images = numbered(10);
  for (const Index size : {Index{1}, Index{3}, Index{4}, Index{10}, Index{23}}) {
    DataLoader batches(images, {size, 5});
    std::vector<Index> run;
    for (Index step = 0; std::ssize(run) < 60; ++step) {
      const auto chosen = batches.indices(step);
      CHECK(std::ssize(chosen) == size);
      run.insert(run.end(), chosen.begin(), chosen.end());
    }
    std::vector<std::vector<Index>> epochs;
    for (std::size_t first = 0; first + 10 <= run.size(); first += 10) {
      std::vector<Index> epoch(run.begin() + static_cast<Index>(first),
                               run.begin() + static_cast<Index>(first) + 10);
      epochs.push_back(epoch);
      std::sort(epoch.begin(), epoch.end());
      CHECK(epoch == std::vector<Index>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
    }
    CHECK(epochs[0] != epochs[1]);
    CHECK(epochs[1] != epochs[2]);
  }
}

TEST_CASE("a batch is a function of seed and step, whatever was asked before") {
  const Images images = numbered(17);
  for (const Order order : {Order::shuffled_epochs, Order::with_replacement}) {
    const BatchOptions options{8, 42, order, {true, 0.4}};
    DataLoader straight(images, options);
    std::vector<std::vector<std::uint8_t>> run;
    for (Index step = 0; step < 12; ++step) run.push_back(batch(straight, step));
    DataLoader resumed(images, options);
    for (const Index step : {Index{7}, Index{2}, Index{11}, Index{0}, Index{7}}) {
      CHECK(batch(resumed, step) == run[static_cast<std::size_t>(step)]);
    }
    BatchOptions other = options;
    other.seed = 43;
    DataLoader different(images, other);
    CHECK(batch(different, 3) != run[3]);
    CHECK(run[3] != run[4]);
  }
}

TEST_CASE("a batch holds the images that indices names, augmented as random_placement says") {
  const Images images = numbered(9);
  for (const Augmentation& augmentation :
       {Augmentation{}, Augmentation{true, 0.3}, Augmentation{false, 0.3}}) {
    DataLoader batches(images, {4, 11, Order::shuffled_epochs, augmentation});
    for (Index step = 0; step < 5; ++step) {
      const auto chosen = batches.indices(step);
      std::vector<std::uint8_t> expected(4 * 6);
      for (Index slot = 0; slot < 4; ++slot) {
        place(images.image(chosen[static_cast<std::size_t>(slot)]),
              std::span(expected).subspan(static_cast<std::size_t>(slot) * 6, 6), images.shape,
              random_placement(augmentation, images.shape, 11, step, slot));
      }
      CHECK(batch(batches, step) == expected);
    }
  }
}

TEST_CASE("a batch has the labels of its images") {
  Images images = numbered(9);
  for (Index i = 0; i < 9; ++i) images.labels.push_back(static_cast<Label>(100 + i));
  for (const Order order : {Order::shuffled_epochs, Order::with_replacement}) {
    DataLoader batches(images, {4, 3, order, {true, 0.3}});
    CHECK(batches.has_labels());
    LabeledBatch labeled;
    // Also back and forth between epochs.
    for (const Index step : {Index{0}, Index{1}, Index{2}, Index{7}, Index{0}}) {
      std::vector<Label> labels(4);
      batches.fill_labels(step, labels);
      const auto chosen = batches.indices(step);
      for (std::size_t slot = 0; slot < 4; ++slot) CHECK(labels[slot] == 100 + chosen[slot]);
      batches.fill(step, labeled);
      CHECK(labeled.images.shape == images.shape);
      CHECK(labeled.images.count == 4);
      CHECK(labeled.images.values == batch(batches, step));
      CHECK(labeled.labels == labels);
    }
  }
}

TEST_CASE("a batch of images without labels has none") {
  const Images images = numbered(5);
  DataLoader batches(images, {3, 1});
  CHECK(!batches.has_labels());
  LabeledBatch labeled{{{9, 9, 9}, 7, {1}}, {1, 2}};
  batches.fill(0, labeled);
  CHECK(labeled.images.values == batch(batches, 0));
  CHECK(labeled.images.count == 3);
  CHECK(labeled.labels.empty());
  std::vector<Label> room(3);
  CHECK_THROWS_WITH_AS(batches.fill_labels(0, room),
                       "The images have no labels, which a batch of them should be filled with.",
                       ArgumentError);
}

TEST_CASE("labels that cannot be filled in are refused, and nothing changes") {
  Images images = numbered(5);
  images.labels = {0, 1, 2, 3};
  CHECK_THROWS_WITH_AS(DataLoader(images, {5, 1}),
                       "A set of 5 images needs a label for each of them, or none, but has 4.", ShapeError);
  images.labels.push_back(4);
  DataLoader batches(images, {3, 1});
  std::vector<Label> room(4, 9);
  CHECK_THROWS_WITH_AS(batches.fill_labels(0, room),
                       "A batch of 3 images has as many labels, but memory for 4 was given.", ShapeError);
  room.resize(3);
  CHECK_THROWS_AS(batches.fill_labels(-1, room), ArgumentError);
  LabeledBatch labeled;
  batches.fill(2, labeled);
  const LabeledBatch before = labeled;
  CHECK_THROWS_AS(batches.fill(-1, labeled), ArgumentError);
  images.labels.pop_back();
  CHECK_THROWS_AS(batches.fill_labels(0, room), ShapeError);
  CHECK_THROWS_AS(batches.fill(0, labeled), ShapeError);
  images.labels.push_back(4);
  images.values.pop_back();
  CHECK_THROWS_AS(batches.fill_labels(0, room), ShapeError);
  CHECK_THROWS_AS(batches.fill(0, labeled), ShapeError);
  CHECK(labeled.images.values == before.images.values);
  CHECK(labeled.labels == before.labels);
  CHECK(room == std::vector<Label>(3, 9));
}

TEST_CASE("both orders are fair") {
  const Images images = numbered(5);
  DataLoader shuffled(images, {5, 1});
  DataLoader drawn(images, {5, 1, Order::with_replacement, {}});
  std::map<std::vector<Index>, int> permutations;
  std::map<Index, int> choices;
  const int rounds = 12000;
  int repeated = 0;
  for (Index step = 0; step < rounds; ++step) {
    ++permutations[shuffled.indices(step)];
    const auto chosen = drawn.indices(step);
    for (const Index i : chosen) ++choices[i];
    repeated += chosen[0] == chosen[1] ? 1 : 0;
  }
  CHECK(repeated > 2400 - 200);  // a fifth, give or take 4.5 standard deviations
  CHECK(repeated < 2400 + 200);
  REQUIRE(permutations.size() == 120);
  double chi2 = 0;
  for (const auto& [order, count] : permutations) chi2 += (count - 100.0) * (count - 100.0) / 100.0;
  CHECK(chi2 < 184);  // 119 degrees of freedom: beyond this once in 10,000 seeds
  CHECK(chi2 > 69);
  REQUIRE(choices.size() == 5);
  chi2 = 0;
  for (const auto& [image, count] : choices) chi2 += (count - 12000.0) * (count - 12000.0) / 12000.0;
  CHECK(chi2 < 24);  // 4 degrees of freedom
}

TEST_CASE("batches that cannot be are refused") {
  const Images images = numbered(5);
  CHECK_THROWS_AS(DataLoader(images, {0, 1}), ArgumentError);
  CHECK_THROWS_AS(DataLoader(images, {Index{1} << 31, 1}), ArgumentError);
  CHECK_THROWS_AS(DataLoader(images, {5, 1, Order::shuffled_epochs, {false, 2}}), ArgumentError);
  const Images none{{1, 2, 3}, 0, 256, {}};
  CHECK_THROWS_AS(DataLoader(none, {5, 1}), ArgumentError);
  Images short_of_one = images;
  short_of_one.values.pop_back();
  CHECK_THROWS_WITH_AS(DataLoader(short_of_one, {5, 1}),
                       "A set needs 30 values for 5 images of 1x2x3, but has 29.", ShapeError);
  const Images negative{{1, -2, -3}, 5, 256, images.values};
  CHECK_THROWS_AS(DataLoader(negative, {5, 1}), ShapeError);
  const Images huge{{1, Index{1} << 32, Index{1} << 32}, 1, 256, {}};
  CHECK_THROWS_AS(DataLoader(huge, {5, 1}), ShapeError);
  DataLoader batches(images, {5, 1});
  std::vector<std::uint8_t> room(29);
  CHECK_THROWS_AS(batches.fill(0, room), ShapeError);
  room.resize(30);
  CHECK_NOTHROW(batches.fill(0, room));
  CHECK_THROWS_AS(batches.fill(-1, room), ArgumentError);
  CHECK_THROWS_AS(batches.fill(std::numeric_limits<Index>::max() / 2, room), ArgumentError);
  CHECK_NOTHROW(batches.fill(std::numeric_limits<Index>::max() / 5 - 1, room));
  Images shrunk = images;
  DataLoader of_shrunk(shrunk, {5, 1});
  shrunk.values.pop_back();
  CHECK_THROWS_AS(of_shrunk.fill(0, room), ShapeError);
  static_assert(!std::is_constructible_v<DataLoader, Images, BatchOptions>,
                "A temporary would not live long enough.");
}
