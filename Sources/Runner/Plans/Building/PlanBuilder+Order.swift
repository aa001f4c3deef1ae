import Artifacts
import Syntax
import YAML

extension PlanBuilder {
  /// The stages in an order in which each comes after all that it reads: among the ready ones, the first of the file
  /// is next. A cycle is a finding; its stages come in some order.
  func visitingOrder() -> [Int] {
    let reads = syntax.stages.map(dependencies)
    var readers = Array(repeating: [Int](), count: reads.count)
    var missing = reads.map(\.count)
    for (stage, sources) in reads.enumerated() {
      for source in sources { readers[source].append(stage) }
    }
    var isPlaced = Array(repeating: false, count: reads.count)
    var ready = reads.indices.filter { missing[$0] == 0 }.reversed() as [Int]
    var order: [Int] = []
    while order.count < reads.count {
      if ready.isEmpty {
        let cycle = self.cycle(reads: reads, isPlaced: isPlaced)
        report(cycle)
        // The first stage of the cycle is taken as ready, so that other mistakes and other cycles show too.
        ready.append(cycle[0])
      }
      let stage = ready.removeLast()
      if isPlaced[stage] { continue }
      isPlaced[stage] = true
      order.append(stage)
      for reader in readers[stage] where !isPlaced[reader] {
        missing[reader] -= 1
        if missing[reader] == 0 { insert(reader, into: &ready) }
      }
    }
    return order
  }

  /// Keeps `ready` descending, so that its last one is the first of the file.
  private func insert(_ stage: Int, into ready: inout [Int]) {
    var (low, high) = (0, ready.count)
    while low < high {
      let middle = (low + high) / 2
      if ready[middle] > stage { low = middle + 1 } else { high = middle }
    }
    ready.insert(stage, at: low)
  }

  /// The stages that a stage reads, each once, in the order of the file.
  private func dependencies(_ stage: PipelineSyntax.Stage) -> [Int] {
    var result: Set<Int> = []
    for reference in stage.references {
      if case .stage(let index)? = names[reference.name]?.entity { result.insert(index) }
    }
    return result.sorted()
  }

  /// A cycle among the stages that are not placed, its first stage of the file first. Each reads the one before it.
  private func cycle(reads: [[Int]], isPlaced: [Bool]) -> [Int] {
    var path: [Int] = []
    var places: [Int: Int] = [:]
    var stage = isPlaced.firstIndex(of: false) ?? 0
    while places[stage] == nil {
      places[stage] = path.count
      path.append(stage)
      stage = reads[stage].first { !isPlaced[$0] } ?? stage
    }
    let cycle = Array(path[places[stage, default: 0]...].reversed())
    let first = cycle.indices.min { cycle[$0] < cycle[$1] } ?? 0
    return Array(cycle[first...] + cycle[..<first])
  }

  private func report(_ cycle: [Int]) {
    let stages = cycle.map { syntax.stages[$0].name }
    let text = (stages + [stages[0]]).map(\.text).joined(separator: " -> ")
    let message = stages.count == 1 ? "the stage reads its own output: \(text)" : "the stages form a cycle: \(text)"
    findings.error(
      message, at: stages[0].span, notes: stages.dropFirst().map { .init("'\($0.text)' is part of it", at: $0.span) })
  }
}

extension PipelineSyntax.PortTerm {
  /// The sources that it names.
  fileprivate var terms: [Term] {
    switch self {
    case .one(let term), .gather(let term, _, _), .from(let term, _): [term]
    case .chosen(let term, let choice): [term, choice]
    case .several(let parts, _): parts.flatMap(\.terms)
    case .broken: []
    }
  }
}

extension PipelineSyntax.Stage {
  /// The references in `in` and `for`, which may name outputs of other stages.
  fileprivate var references: [Reference] {
    var terms: [Term] = []
    for port in ports {
      for term in port.value.terms {
        if case .list(let list) = term.content { terms += list } else { terms.append(term) }
      }
    }
    for axis in axes {
      if case .term(let term) = axis.items { terms.append(term) }
    }
    return terms.compactMap { if case .reference(let reference) = $0.content { reference } else { nil } }
  }
}
