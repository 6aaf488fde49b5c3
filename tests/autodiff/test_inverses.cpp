#include <doctest/doctest.h>

#include <Eigen/LU>
#include <cmath>
#include <limits>
#include <vector>

#include "densenf/autodiff/inverses.hpp"
#include "densenf/flow/start.hpp"
#include "densenf/kernels/cpu/all.hpp"

using namespace densenf;

namespace {

/// A model of matrices with other parameters between them.
template <class T>
struct Model {
  explicit Model(std::uint64_t seed) : memory(Cpu(2)), inverses(Cpu(2)) {
    Builder b(table);
    small = b.invertible_matrix("small", 3, Init::orthogonal());
    b.vector("between", {5}, Init::constant(1));
    large = b.invertible_matrix("large", 40, Init::orthogonal());
    one = b.invertible_matrix("one", 1, Init::constant(2));
    inverses.declare(table);
    parameters.resize(static_cast<std::size_t>(table.parameters_size));
    initialize_values(Cpu(1), table.parameters, seed, parameters.data());
  }

  T& number(const InvertibleMatrix& s, Index i) {
    return parameters[static_cast<std::size_t>(s.weight.offset + i)];
  }

  /// W times its inverse, and log |det W| by Eigen, are as they should be.
  void check(const InvertibleMatrix& s, const std::vector<T>& weights) {
    CAPTURE(s.c);
    using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
    const Inverted<T> got = inverses[s];
    const Eigen::MatrixXd w =
        Eigen::Map<const Matrix>(weights.data() + s.weight.offset, s.c, s.c).template cast<double>();
    const Eigen::MatrixXd inverse = Eigen::Map<const Matrix>(got.inverse, s.c, s.c).template cast<double>();
    const double rounding = 100 * static_cast<double>(std::numeric_limits<T>::epsilon());
    CHECK((w * inverse - Eigen::MatrixXd::Identity(s.c, s.c)).norm() < rounding);
    CHECK(std::abs(*got.log_det - std::log(std::abs(w.determinant()))) < 1e-12);
  }
  void check_all(const std::vector<T>& weights) {
    for (const InvertibleMatrix& s : {small, large, one}) check(s, weights);
  }

  ParameterTable table;
  InvertibleMatrix small, large, one;
  std::vector<T> parameters;
  Arena<Cpu> memory;
  Inverses<T, Cpu> inverses;
};

}  // namespace

TEST_CASE_TEMPLATE("inverses: each pass knows the inverses of its own weights", T, float, double) {
  Model<T> model(1);
  model.inverses.prepare(model.memory, model.parameters.data());
  model.check_all(model.parameters);
  const T* const place = model.inverses[model.large].inverse;
  const std::size_t bytes = model.inverses.bytes();

  // One number of one square.
  model.number(model.large, 123) += T(0.25);
  model.inverses.prepare(model.memory, model.parameters.data());
  model.check_all(model.parameters);

  // Weights that lie elsewhere, and the first ones again.
  const Model<T> other(2);
  model.inverses.prepare(model.memory, other.parameters.data());
  model.check_all(other.parameters);
  model.inverses.prepare(model.memory, model.parameters.data());
  model.check_all(model.parameters);

  CHECK(model.inverses[model.large].inverse == place);
  CHECK(model.inverses.bytes() == bytes);
}

TEST_CASE("inverses: weights of zero are inverted at the first pass too") {
  Model<float> model(1);
  model.number(model.one, 0) = 0;
  model.inverses.prepare(model.memory, model.parameters.data());
  CHECK(*model.inverses[model.one].log_det == -std::numeric_limits<double>::infinity());
  CHECK(std::isnan(model.inverses[model.one].inverse[0]));
  model.check(model.large, model.parameters);

  model.number(model.one, 0) = 4;
  model.inverses.prepare(model.memory, model.parameters.data());
  model.check_all(model.parameters);
}

TEST_CASE("inverses: a longer list of matrices begins anew") {
  Model<double> model(1);
  model.inverses.prepare(model.memory, model.parameters.data());
  Builder b(model.table);
  const InvertibleMatrix more = b.invertible_matrix("more", 7, Init::orthogonal());
  CHECK_THROWS_WITH(model.inverses[more],
                    "Nothing is known of square matrix number 3: call declare and prepare before a pass.");
  model.inverses.declare(model.table);
  CHECK_THROWS_WITH(model.inverses[model.small],
                    "Nothing is known of square matrix number 0: call declare and prepare before a pass.");
  model.parameters.resize(static_cast<std::size_t>(model.table.parameters_size));
  initialize_values(Cpu(1), model.table.parameters, 3, model.parameters.data());
  model.inverses.prepare(model.memory, model.parameters.data());
  model.check_all(model.parameters);
  model.check(more, model.parameters);
}

TEST_CASE("inverses: a model without matrices has nothing to prepare") {
  ParameterTable table;
  Arena<Cpu> memory(Cpu(1));
  Inverses<float, Cpu> inverses(Cpu(1));
  inverses.declare(table);
  inverses.prepare(memory, nullptr);
  CHECK(inverses.bytes() == 0);
}
