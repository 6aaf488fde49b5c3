#include <doctest/doctest.h>

#include <vector>

#include "densenf/autodiff/context.hpp"
#include "densenf/kernels/cpu/all.hpp"
#include "densenf/ops/elementwise.hpp"

using namespace densenf;

namespace {
struct Log {
  std::vector<int> ran;
};
}  // namespace

TEST_CASE("Tape: adjoints run once, last first, back to a mark") {
  Tape<Log> tape;
  Log log;
  const auto record = [&](int i) { tape.record([i](Log& l) { l.ran.push_back(i); }); };
  record(1);
  const auto mark = tape.mark();
  record(2);
  record(3);
  tape.backward(log, mark);
  CHECK(log.ran == std::vector<int>{3, 2});
  tape.backward(log, Tape<Log>::Mark{});
  CHECK(log.ran == std::vector<int>{3, 2, 1});
  tape.backward(log, Tape<Log>::Mark{});
  CHECK(log.ran.size() == 3);
}

TEST_CASE("Tape: an adjoint may record and run a stretch of its own") {
  struct Nested {
    Tape<Nested> tape;
    std::vector<int> ran;
  } nested;
  for (const int i : {1, 2}) {
    nested.tape.record([i](Nested& n) {
      const auto mark = n.tape.mark();
      n.tape.record([i](Nested& inner) { inner.ran.push_back(10 * i); });
      n.tape.backward(n, mark);
      n.tape.release(mark);
      n.ran.push_back(i);
    });
  }
  nested.tape.backward(nested, Tape<Nested>::Mark{});
  CHECK(nested.ran == std::vector<int>{20, 2, 10, 1});
}

TEST_CASE("Tape: the objects it makes stay where they are while it grows") {
  Tape<Log> tape;
  std::vector<int*> objects;
  for (int i = 0; i < 100000; ++i) {
    objects.push_back(tape.make<int>());
    *objects.back() = i;
  }
  bool kept = true;
  for (int i = 0; i < 100000; ++i) kept = kept && *objects[static_cast<std::size_t>(i)] == i;
  CHECK(kept);
}

TEST_CASE("Tape: a sum of many terms does not recurse") {
  Workspace<double, Cpu> work(Cpu(1));
  const Pass<double, Cpu> options{};
  Context<double, Cpu, true> ctx(options, work);
  const auto start = work.tape.mark();
  const Var<double> x = ctx.variable(ctx.tensor(1, {1, 1, 1}));
  x.value(0, 0) = 1;
  Var<double> sum = x;
  for (int i = 1; i < 100000; ++i) sum = ops::add(ctx, sum, x);
  CHECK(sum.value(0, 0) == 100000);
  ctx.gradient(sum)(0, 0) = 1;
  work.tape.backward(ctx, start);
  CHECK(ctx.gradient(x)(0, 0) == 100000);
}

TEST_CASE("Context: an evaluating context records nothing") {
  Workspace<double, Cpu> work(Cpu(1));
  const Pass<double, Cpu> options{};
  Context<double, Cpu, false> ctx(options, work);
  const Var<double> x = ctx.variable(ctx.tensor(1, {1, 1, 1}));
  x.value(0, 0) = 2;
  CHECK(x.gradient == nullptr);
  CHECK(ops::add(ctx, x, x).value(0, 0) == 4);
  CHECK(work.tape.mark().top == nullptr);
}

TEST_CASE("Context: the gradient of a range of channels is that range of the gradient") {
  Workspace<double, Cpu> work(Cpu(1));
  const Pass<double, Cpu> options{};
  Context<double, Cpu, true> ctx(options, work);
  const Var<double> x = ctx.variable(ctx.tensor(2, {5, 1, 1}));
  const Var<double> inner = x.channels(1, 3).channels(1, 2);
  const auto all = ctx.gradient(x), part = ctx.gradient(inner);
  CHECK(part.data == all.data + 2);
  CHECK(part.stride == all.stride);
  CHECK(part.c == 2);
  CHECK(all(1, 4) == 0);
}
