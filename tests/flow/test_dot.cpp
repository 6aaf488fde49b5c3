#include "densenf/flow/dot.hpp"

#include <doctest/doctest.h>

#include <string>

#include "densenf/bijectors/leaky.hpp"
#include "densenf/densenf.hpp"

using namespace densenf;

TEST_CASE("to_dot: pieces follow each other with their shapes, and combinators are around them") {
  Flow<Compose<Squeeze, Unit<2, Compose<ActNorm, SwitchHalves>>>> flow({1, 4, 2}, Cpu(1));
  CHECK(to_dot(flow) == R"(digraph flow {
  node [shape=box];
  n0 [label="image", shape=plain];
  subgraph cluster1 { label="Compose\n16 parameters";
    n2 [label="Squeeze\ntransforms.0"];
    subgraph cluster3 { label="Unit<2>\ntransforms.1\n16 parameters";
      subgraph cluster4 { label="Compose\ntransforms.1.transforms.0\n8 parameters";
        n5 [label="ActNorm\ntransforms.1.transforms.0.transforms.0\n8 parameters"];
        n6 [label="SwitchHalves\ntransforms.1.transforms.0.transforms.1"];
      }
      subgraph cluster7 { label="Compose\ntransforms.1.transforms.1\n8 parameters";
        n8 [label="ActNorm\ntransforms.1.transforms.1.transforms.0\n8 parameters"];
        n9 [label="SwitchHalves\ntransforms.1.transforms.1.transforms.1"];
      }
    }
  }
  n10 [label="ChannelNormal", shape=ellipse];
  n0 -> n2 [label="1x4x2"];
  n2 -> n5 [label="4x2x1"];
  n5 -> n6 [label="4x2x1"];
  n6 -> n8 [label="4x2x1"];
  n8 -> n9 [label="4x2x1"];
  n9 -> n10 [label="4x2x1"];
}
)");
}

TEST_CASE("to_dot: pieces that make noise stand beside the way of the image") {
  using Noise = Sampler<StandardNormal, Compose<Leaky, Sigmoid>>;
  Flow<Compose<Dequantize<3, Noise>, Augment<2>>> flow({1, 2, 2}, Cpu(1));
  const std::string text = to_dot(flow);
  INFO(text);
  const auto has = [&](const std::string& words) { return text.find(words) != std::string::npos; };
  CHECK(has(R"(n2 [label="Dequantize<3>\ntransforms.0\n1 parameters"];)"));
  CHECK(has(R"(subgraph cluster3 { label="noise";)"));
  CHECK(has("n0 -> n2 [label=\"1x2x2\"];"));  // the image does not go through the noise
  CHECK(has(R"([label="1x2x2", style=dashed];)"));
  CHECK(has(R"(n2 -> n8 [label="1x2x2"];)"));
  CHECK(has(R"(n8 -> n9 [label="3x2x2"];)"));
}
