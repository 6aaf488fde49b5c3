// also-on: gpu host
#include <doctest/doctest.h>

#include <vector>

#include "../test_device.hpp"
#include "densenf/core/buffer.hpp"

using namespace densenf;

TEST_CASE("a buffer takes as many numbers as it has, and none when there are more or fewer") {
  const test::Device device = test::device_for_small_work();
  Buffer<double, test::Device> three(device, 3), four(device, 4), none(device, 0);
  const std::vector<double> numbers{1, 2, 3};
  three.assign(numbers);
  CHECK(three.to_host() == numbers);
  CHECK_THROWS_WITH_AS(three.assign(std::vector<double>{4, 5}), "A buffer of 3 numbers takes as many, not 2.",
                       ShapeError);
  CHECK_THROWS_AS(three.assign(std::vector<double>{4, 5, 6, 7}), ShapeError);
  CHECK_THROWS_AS(three.assign(four), ShapeError);
  CHECK_THROWS_AS(none.assign(numbers), ShapeError);
  CHECK(three.to_host() == numbers);
  none.assign(std::vector<double>());
}
