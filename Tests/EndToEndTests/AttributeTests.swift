import Foundation
import TestSupport
import Testing

/// The letters that trained models look at, on the built program: planted motifs, pairs, pictures, PyTorch.
@Suite(.serialized) struct AttributeTests {
  private static let pipeline = """
    bioarc: 1
    name: small
    stages:
      promoters:
        stage: synthesize
        with: { train: 1200, dev: 100, test: 120 }
      pairs:
        stage: synthesize
        with: { task: pairs, distance: 20, train: 600, dev: 100, test: 120 }
      tokens:
        stage: tokenize
        with: { k: 1 }
        in: { sequences: $promoters }
      scores:
        stage: fine-tune
        with: { epochs: 6, lr: 0.004, batch: 16, positions: learned }
        in: { tokenizer: $tokens.tokenizer, architecture: g24-t24, task: $promoters }
      agree:
        stage: fine-tune
        with: { epochs: 10, lr: 0.004, batch: 16, positions: none }
        in: { tokenizer: $tokens.tokenizer, architecture: c24(kernel=9)-c24(dilation=3)-c24, task: $pairs }
      looks:
        stage: attribute
        with: { upstream: 50 }
        in: { model: $scores.model, task: $promoters }
      slopes:
        stage: attribute
        with: { method: gradient-x-input, upstream: 50, rows: 8, shuffles: 0 }
        in: { model: $scores.model, task: $promoters }
      paired:
        stage: attribute
        with: { method: mutagenesis, layers: false, shuffles: 0, rows: 40 }
        in: { model: $agree.model, task: $pairs }

    """

  private func content(_ lab: Lab, _ step: String) throws -> [String: Any] {
    let shown = try JSONSerialization.jsonObject(with: Data(lab.bioarc("show", step, "--json").output.utf8))
    return try #require((shown as? [[String: Any]])?.first?["content"] as? [String: Any])
  }

  @Test func `a trained model is seen to look at what was planted`() throws {
    let lab = try Lab(Self.pipeline)
    try lab.run()
    let looks = try content(lab, "looks.attribution")
    let entries = try #require((looks["sites"] as? [String: Any])?["entries"] as? [[String: Any]])
    let value = { (entry: [String: Any], key: String) in
      (entry[key] as? [String: Any])?["value"] as? Double ?? .nan
    }
    let all = try #require(entries.first { $0["lane"] as? String == "embedding" && $0["motif"] == nil })
    #expect(value(all, "size-auroc") > 0.9 && value(all, "hits") > 0.8, "\(all)")
    // A motif is where the largest mean size is.
    let tracks = try #require(looks["tracks"] as? [String: Any])
    let lane = try #require((tracks["sizes"] as? [[String: Any]])?.first?["mean"] as? [Double])
    let place = try #require((tracks["places"] as? [Int])?[lane.firstIndex(of: lane.max()!)!])
    #expect((-31...(-24)).contains(place) || (-2...4).contains(place) || (28...32).contains(place), "\(place)")

    let pairs = try #require(try content(lab, "paired.attribution")["pairs"] as? [[String: Any]])
    #expect(pairs.map { "\($0["first"] ?? "") \($0["second"] ?? "")" }.sorted() == ["A1 B1", "A2 B2"])
    for pair in pairs {
      let (effect, difference) = (value(pair, "effect"), pair["difference"] as? [String: Any])
      #expect(effect > 1 && abs(value(pair, "null")) < effect / 4, "\(pair)")
      #expect(try #require(difference?["low"] as? Double) > 0)
    }
    let jaspar = try lab.bioarc("cat", "looks.motifs").output
    #expect(jaspar.hasPrefix(">motif1\t") && jaspar.contains("\nA  [ "), "\(jaspar)")
    for (step, picture, holds) in [
      ("looks.attribution", "tracks", "behind layer 2: t24"), ("looks.attribution", "sizes", "TATA"),
      ("looks.attribution", "logo", ">+1<"), ("looks.motifs", "logos", "bits"),
    ] {
      let file = lab.workspace.path("\(picture).svg")
      _ = try lab.bioarc("show", step, "--svg", file, "--picture", picture)
      let svg = try String(contentsOfFile: file, encoding: .utf8)
      #expect(svg.hasPrefix("<svg") && svg.contains(holds) && !svg.contains("nan"), "\(picture)")
    }
    try comparePyTorch(lab)
  }

  /// The same formulas in plain PyTorch with its own gradients, on the exported model: equal to 1e-4 of the largest.
  private func comparePyTorch(_ lab: Lab) throws {
    guard let python = Python.program(importing: "torch") else {
      return print("no PyTorch: gradients are not compared")
    }
    let folder = lab.workspace.path("exported")
    _ = try lab.bioarc("export", "scores.model", "--output", folder)
    let script = """
      import csv, importlib.util, sys
      import torch
      folder, table, method, steps = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
      spec = importlib.util.spec_from_file_location('model', folder + '/model.py')
      m = importlib.util.module_from_spec(spec); spec.loader.exec_module(m)
      model = m.load(folder)
      def layer(number, x, gate):
          block = model.config['blocks'][number]
          p, state = model.part(f'blocks.{number}'), {'gate': gate, 'stride': 1}
          o = {**block['options'], 'causal': model.config['causal'], 'state': state}
          if 'projection.weight' in p: x = m.F.linear(x, p['projection.weight'])
          first = 'norm1' if 'norm1.weight' in p else 'norm'
          x = m.tail(m.mlp(x + m.KINDS[block['module']](m.norm(x, p, first, o), p, o), p, o), p, o)
          return x, state['gate']
      def f(depth, x, gate):
          for number in range(depth, len(model.config['blocks'])): x, gate = layer(number, x, gate)
          x = m.layer_norm(x, {'n.' + k: v for k, v in model.part('norm').items()}, 'n').mean(1)
          out = m.F.linear(x, model.tensors['head/weight'], model.tensors['head/bias'])
          return out[:, 1] - out[:, 0]
      rows = {}
      for row in csv.DictReader(open(table), delimiter='\\t'): rows.setdefault(row['row'], []).append(row)
      worst = 0
      for own in list(rows.values())[:4]:
          ids = torch.tensor([[5 + 'ACGT'.index(r['letter']) for r in own]])
          def states(even):
              x, gate = model.embedded(ids, ''), model.embedded(ids, 'gate/')
              if even: x, gate = x.mean(1, keepdim=True).expand_as(x), gate.mean(1, keepdim=True).expand_as(gate)
              x = x + model.tensors['positions/weight'][:ids.shape[1]]
              all = [(x, gate)]
              for number in range(len(model.config['blocks'])): all.append(layer(number, *all[-1]))
              return [(a.detach(), b.detach()) for a, b in all]
          for depth, (given, base) in enumerate(zip(states(False), states(True))):
              shares = [1.0] if method == 'gradient-x-input' else [(k + .5) / steps for k in range(steps)]
              total = torch.zeros(ids.shape[1])
              for share in shares:
                  at = [(b + share * (a - b)).requires_grad_() for a, b in zip(given, base)]
                  grads = torch.autograd.grad(f(depth, *at).sum(), at, allow_unused=True)
                  for a, b, g in zip(given, base, grads):
                      if g is not None: total += ((a - b) * g).sum(-1)[0] / len(shares)
              name = ['embedding', 'layer1', 'layer2'][depth]
              found = torch.tensor([float(r[name]) for r in own])
              worst = max(worst, float((found - total).abs().max() / total.abs().max()))
      print(worst)
      """
    for (step, method) in [("looks", "integrated-gradients"), ("slopes", "gradient-x-input")] {
      let table = lab.workspace.path("\(step).tsv")
      try lab.bioarc("cat", "\(step).scores").output.write(toFile: table, atomically: true, encoding: .utf8)
      let output = try Python.run(python, ["-c", script, folder, table, method, "32"])
      let worst = try #require(Double(String(decoding: output, as: UTF8.self).split(separator: "\n").last ?? ""))
      #expect(worst < 1e-4, "\(method): \(worst)")
    }
  }
}
