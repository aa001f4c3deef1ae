import Artifacts
import Catalogs
import Console
import Glibc
import Plans
import Resolving
import Running
import Sharing
import Stores
import Syntax

/// The permission to run own stages that came with the pipeline of somebody else. One's own project needs none.
package struct CommandPermission {
  /// Whether the user has given it, for all of them.
  private let isGiven: Bool
  /// Whether it is needed in one's own project too.
  private let isAlwaysNeeded: Bool

  package init(isGiven: Bool = false, isAlwaysNeeded: Bool = false) {
    (self.isGiven, self.isAlwaysNeeded) = (isGiven, isAlwaysNeeded)
  }

  /// Obtains it for all that may run, and remembers it. Throws a `Complaint` that lists what would run where the user
  /// does not give it.
  func obtain(for session: Session, _ resolution: Resolution) throws {
    let (plan, commands) = (session.plan, session.catalog.commands)
    let unknown = UnknownStage.all(plan, commands)
    if unknown.isEmpty { return }
    let nodes = try Self.nodesToRun(session, resolution)
    let names = Set(nodes.map { plan.nodes[$0].declaration.name })
    let isForeign = isAlwaysNeeded || Project.isForeign(plan.file)
    let foreign = Set(
      plan.nodes.compactMap(\.command).filter { isForeign || Project.isForeign($0.file) }.map(\.declaration.name))
    let (new, asked) = (unknown.filter { names.contains($0.stage) }, unknown.filter { foreign.contains($0.stage) })
    if !isGiven {
      try Self.ask(asked.filter { names.contains($0.stage) }, plan.file)
      // A result that turns out to be lost or damaged while the run goes on is not made by a command that nobody saw.
      commands.refused = Set(asked.map(\.stage)).subtracting(names)
    }
    do {
      let memory = new.compactMap { stage in Digest(hex: stage.digest).map { (digest: $0, stage: stage.stage) } }
      if !memory.isEmpty { try KnownCommands().add(memory) }
    } catch  where !foreign.isDisjoint(with: names) {
      Terminal.complain("note: this run has the permission, and the next one needs it again: \(error)")
    } catch {}
  }

  private static func ask(_ stages: [UnknownStage], _ file: String) throws {
    if stages.isEmpty { return }
    let list = stages.flatMap(\.lines).map { "  " + $0 }.joined(separator: "\n")
    let begin = "'\(file)' would run commands that came with it and that this machine has not run before:"
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
      throw Complaint.usage(
        "\(begin)\n\(list)\nnothing was run; look at them: 'run' and 'verify' allow them with --allow-commands")
    }
    Terminal.complain("\(begin)\n\(list)")
    Terminal.write("Run them, now and later? [y/N] ", to: STDERR_FILENO)
    guard ["y", "yes"].contains(readLine()?.lowercased() ?? "") else { throw Complaint.failure("nothing was run") }
  }

  /// The nodes of which steps run: those that lack results, and those whose bytes are read, gone and offered by nobody.
  private static func nodesToRun(_ session: Session, _ resolution: Resolution) throws -> Set<Int> {
    let plan = session.plan
    var rest = plan.nodes.indices.filter { node in
      let counts = resolution.counts(of: node)
      return counts.isOpen || counts.settled < counts.total
    }
    var found = Set(rest)
    while let node = rest.popLast() {
      for (source, port) in plan.outputs(readBy: node) where !found.contains(source) {
        guard try isGone(source, port, session, resolution) else { continue }
        found.insert(source)
        rest.append(source)
      }
    }
    return found
  }

  private static func isGone(
    _ node: Int, _ port: String, _ session: Session, _ resolution: Resolution
  ) throws -> Bool {
    let spared = Set(session.plan.nodes[node].declaration.outputs.filter(\.isOnDemand).map(\.name)).subtracting([port])
    return try resolution.steps(of: node).contains { step in
      guard resolution.isUpToDate(step) else { return false }
      guard let record = try resolution.record(of: step) else { return true }
      return try session.store.missing(record, besides: spared).contains { !session.peers.offers($0.digest) }
    }
  }
}

extension Plan {
  /// The outputs that a node reads, at its ports and for the items of its axes.
  fileprivate func outputs(readBy index: Int) -> [(node: Int, port: String)] {
    let axes = nodes[index].axes.compactMap { axis -> (Int, String)? in
      if case .members(let node, let port) = self.axes[axis].items { (node, port) } else { nil }
    }
    return axes
      + nodes[index].ports.values.compactMap { binding -> (Int, String)? in
        switch binding.source {
        case .output(let node, let port): (node, port)
        case .chosen(let node, let port, _): (node, port)
        case .input, .axis, .text: nil
        }
      }
  }
}
