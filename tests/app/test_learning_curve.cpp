#include "densenf/app/learning_curve.hpp"

#include <doctest/doctest.h>

#include <limits>

#include "../io/temporary_folder.hpp"

using namespace densenf;
using namespace densenf::app;
using densenf_test::TemporaryFolder;

TEST_CASE("a curve goes on with the points up to a step") {
  const TemporaryFolder folder;
  {
    LearningCurve curve(folder / "curve.csv", 0);
    CHECK(curve.last(0) == nullptr);
    curve.append({2, 0.5, 3.5, 3.25});
    curve.append({4, 1.5, 2.5, 2.25});
  }
  LearningCurve curve(folder / "curve.csv", 3);
  CHECK(curve.last(4) == nullptr);
  REQUIRE(curve.last(2) != nullptr);
  CHECK(curve.last(2)->held_out == 3.25);
  CHECK(read_curve(folder / "curve.csv").size() == 1);
}

TEST_CASE("the best point is the first with the lowest held-out value, which is a number") {
  const TemporaryFolder folder;
  LearningCurve curve(folder / "curve.csv", 0);
  CHECK(curve.best() == nullptr);
  curve.append({1, 1, 3, std::numeric_limits<double>::quiet_NaN()});
  CHECK(curve.best() == nullptr);
  for (const double held_out : {3.0, 2.0, 2.0, 2.5}) curve.append({held_out, 1, 3, held_out});
  REQUIRE(curve.best() != nullptr);
  CHECK(curve.best() == &curve.points()[2]);
}

TEST_CASE("points that are not finite are kept and not drawn") {
  const TemporaryFolder folder;
  LearningCurve curve(folder / "curve.csv", 0);
  curve.append({2, 0.5, 3.5, std::numeric_limits<double>::quiet_NaN()});
  CHECK_NOTHROW(curve.picture());
  curve.append({4, 1.5, std::numeric_limits<double>::infinity(), 2.5});
  CHECK_NOTHROW(curve.picture());
  curve.append({std::numeric_limits<double>::infinity(), 2, 3, 3});
  CHECK_NOTHROW(curve.picture());
  CHECK(read_curve(folder / "curve.csv").size() == 3);
}

TEST_CASE("a curve that cannot be read stays as it is") {
  const TemporaryFolder folder;
  const std::string text = "step,seconds,train,held_out\n2,0.5,3.5,3.25\n4,1.5\n6,1,1,1\n";
  densenf_test::put(folder / "curve.csv", text);
  CHECK_THROWS_AS(LearningCurve(folder / "curve.csv", 4), FileError);
  CHECK(densenf_test::get(folder / "curve.csv") == text);
}
