import Artifacts
import Catalogs
import Plans
import Resolving
import Stores
import Syntax
import YAML

/// Compares identities field by field, for one plan.
struct FieldComparison {
  private let resolution: Resolution
  private let words: FieldWords

  /// - Parameter readsContent: whether a small artifact is shown by its text, where the store has it.
  init(_ resolution: Resolution, readsContent: Bool) {
    self.resolution = resolution
    words = FieldWords(plan: resolution.plan, store: readsContent ? resolution.store : nil)
  }

  /// The fields that differ from `old` to `new`, which are facts of `step` or of one with which it is compared. Fields
  /// that are not known yet are left out.
  func changes(from old: StepFacts, to new: StepFacts, of step: StepIndex) -> [Change] {
    let (before, after, node) = (old.identity, new.identity, resolution.plan.nodes[step.node])
    guard before.stage == after.stage else { return [.stage(old: before.stage, new: after.stage)] }
    var changes: [Change] = []
    if before.version != after.version {
      changes.append(.version(old: before.version, new: after.version, file: node.command?.file))
    }
    let unknown = old.unknown.union(new.unknown)
    changes += words.parameters(before, after, except: unknown, of: node)
    let names = Set(before.ports.keys).union(after.ports.keys).subtracting(unknown)
    for name in names.sorted() where !FieldWords.areSame(before.ports[name], after.ports[name]) {
      if name == CommandTree.port {
        changes += CommandChanges(catalog: resolution.catalog.commands, store: resolution.store)
          .changes(before.ports[name], after.ports[name], of: node, step.node)
      } else {
        changes.append(
          words.port(
            name, before.ports[name], after.ports[name], texts: (old.texts[name], new.texts[name]),
            origin(of: name, step)))
      }
    }
    return changes
  }

  /// The source of a port of `step`, in words, and its place in the file.
  func origin(of port: String, _ step: StepIndex) -> (words: String?, position: Position?) {
    words.origin(
      of: port, in: resolution.plan.nodes[step.node],
      input: { axis in
        guard case .inputs(let inputs) = resolution.plan.axes[axis].items,
          let index = resolution.index(of: step, on: axis)
        else { return nil }
        return inputs[index].input
      }, result: resolution.words(ofResult:))
  }

  /// The content of a port, in words.
  func words(_ port: PortIdentity?) -> String { words.words(port) }
}
