// ctest-labels: threads
#include "densenf/data/read_ahead.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "../error_of.hpp"
#include "densenf/data/loader.hpp"
#include "remote_images.hpp"

using namespace densenf;
using densenf_test::Remote;

namespace {

constexpr Shape shape{1, 2, 3};

/// Image i has the values i, i + 40, i + 80 ...
Images numbered(Index count) {
  Images images{shape, count, 256, {}};
  for (Index i = 0; i < count; ++i) {
    for (Index k = 0; k < shape.size(); ++k) images.values.push_back(static_cast<std::uint8_t>(i + 40 * k));
    images.labels.push_back(static_cast<Label>(i % 3));
  }
  return images;
}

LabeledBatch batch(DataLoader& batches, Index step) {
  LabeledBatch out;
  batches.fill(step, out);
  return out;
}

}  // namespace

TEST_CASE("batches that are read ahead are those of images in memory, for any threads and steps") {
  const Images images = numbered(17);
  const Remote remote(images);
  for (const Order order : {Order::shuffled_epochs, Order::with_replacement}) {
    const BatchOptions options{5, 42, order, {true, 0.4}};
    DataLoader memory(images, options);
    for (const int readers : {0, 1, 7}) {
      for (const Index ahead : {Index{0}, Index{1}, Index{4}}) {
        BatchOptions other = options;
        other.readers = readers;
        other.ahead = ahead;
        DataLoader batches(remote, other);
        // In order, across epochs, back, far away, and the same again.
        for (const Index step : {0, 1, 2, 3, 4, 5, 6, 7, 3, 1000, 1001, 1001, 0}) {
          CAPTURE(step);
          const LabeledBatch got = batch(batches, step), expected = batch(memory, step);
          CHECK(got.images.values == expected.images.values);
          CHECK(got.labels == expected.labels);
          CHECK(batches.indices(step) == memory.indices(step));
        }
      }
    }
  }
}

TEST_CASE("the next batches are read while nobody asks for them") {
  const Images images = numbered(100);
  const Remote remote(images);
  DataLoader batches(remote, {.batch_size = 10, .ahead = 3, .readers = 2});
  CHECK(remote.reads() == 0);
  batch(batches, 0);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (remote.reads() < 40 && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
  CHECK(remote.reads() == 40);
  batch(batches, 1);
  batch(batches, 2);
  while (remote.reads() < 60 && std::chrono::steady_clock::now() < give_up) std::this_thread::yield();
  CHECK(remote.reads() == 60);  // none is read twice
}

TEST_CASE("an error arrives with the batch that needs the image, and no other") {
  const Images images = numbered(20);
  for (const int readers : {1, 4}) {
    Remote remote(images);
    DataLoader memory(images, {.batch_size = 5, .seed = 9});
    DataLoader batches(remote, {.batch_size = 5, .seed = 9, .ahead = 3, .readers = readers});
    const std::vector<Index> chosen = memory.indices(2);
    remote.damaged(chosen[1]) = true;
    remote.damaged(chosen[4]) = true;
    LabeledBatch out = batch(batches, 1);
    CHECK(out.images.values == batch(memory, 1).images.values);
    const LabeledBatch before = out;
    const std::string sentence = "Image " + std::to_string(chosen[1]) + " is damaged.";
    for (int repeated = 0; repeated < 2; ++repeated)
      CHECK(test::error_of([&] { batches.fill(2, out); }) == sentence);
    CHECK(out.images.values == before.images.values);
    CHECK(out.labels == before.labels);
    CHECK(batch(batches, 3).images.values == batch(memory, 3).images.values);
    CHECK(test::error_of([&] { batches.fill(2, out); }) == sentence);
    remote.damaged(chosen[1]) = false;
    remote.damaged(chosen[4]) = false;
    CHECK(batch(batches, 2).images.values == batch(memory, 2).images.values);  // it is read again
  }
}

TEST_CASE("a loader that reads ahead can be moved, and ends while it reads") {
  const Images images = numbered(50);
  const Remote remote(images);
  DataLoader memory(images, {.batch_size = 8, .augmentation = {true, 0.3}});
  DataLoader first(remote, {.batch_size = 8, .augmentation = {true, 0.3}, .ahead = 5});
  batch(first, 0);
  DataLoader second(std::move(first));
  for (const Index step : {1, 2, 3})
    CHECK(batch(second, step).images.values == batch(memory, step).images.values);
  for (int i = 0; i < 20; ++i) {
    DataLoader brief(remote, {.batch_size = 8, .ahead = 5, .readers = 3});
    batch(brief, i);
  }
}

TEST_CASE("reading ahead ends with the steps that can be counted, and is checked") {
  const Images images = numbered(5);
  const Remote remote(images);
  DataLoader batches(remote, {.batch_size = 3, .order = Order::with_replacement, .ahead = 4});
  const Index last = std::numeric_limits<Index>::max() / 3 - 1;
  CHECK(batch(batches, last).images.count == 3);
  CHECK(test::error_of([&] { batch(batches, last + 1); }).starts_with("There is no batch at step"));
  CHECK_THROWS_AS(DataLoader(remote, {.ahead = -1}), ArgumentError);
  CHECK_THROWS_AS(DataLoader(remote, {.ahead = 1001}), ArgumentError);
  CHECK_THROWS_AS(DataLoader(remote, {.readers = -1}), ArgumentError);
  CHECK_THROWS_AS(DataLoader(remote, {.readers = 1001}), ArgumentError);
}
