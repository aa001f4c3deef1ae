import Console
import Plans
import Resolving
import Sessions
import Sharing
import Signing
import Syntax
import System
import Wording

/// `README.md`: the crate in words, with the commands that check it.
struct CrateReadme {
  static let name = "README.md"

  let edition: Edition
  let imprint: Imprint
  let ledger: Ledger
  let recipe: RecipeFiles
  let models: [ModelFolders.Model]
  let summary: Outgoing.Summary
  /// The names of the tables.
  let tables: [String]
  let isSigned: Bool

  func text() -> String {
    [head, contents, checks, use, notes].joined(separator: "\n\n") + "\n"
  }

  private var head: String {
    let all = ledger.all
    let failures = all.failures > 0 ? ", of which \(all.failures) failed for a reason that is a result" : ""
    let span = "\(UTC.day(all.started)) to \(UTC.day(all.finished))"
    return """
      # \(PlainText.of(imprint.title))

      The pipeline `\(edition.resolution.plan.name)` with what it gave: \
      \(Words.grouped(all.results)) steps with a result\(failures), computed from \
      \(span) in \(Words.duration(all.seconds)) of steps. Published by `\(imprint.lab)`; \
      `\(Citation.name)` says how to cite it. \(bytes)
      """
  }

  private var bytes: String {
    switch imprint.size {
    case .recipe:
      "The recipe alone: what is known of every result is here, and of the bytes none but the few that are in records."
    case .results:
      "The bytes of what the pipeline was run for are here, but no weights: these are computed again where they are "
        + "needed."
    case .full: "All bytes that the lab still had are here."
    }
  }

  private var contents: String {
    var rows = [
      ("`\(recipe.pipeline)`", "the pipeline"),
      ("`\(CrateNames.claims)`", "the lab's statement: a line for each result, with the digests of its outputs"),
      ("`\(CrateNames.results)/`", "records and bytes, which `bioarc import` takes; an OCI image layout"),
      ("`\(StepsTable.name)`", "all steps: key, outcome, digests, times, and who has computed them"),
      ("`\(StepStatement.name)`", "SLSA provenance, an in-toto statement for each result"),
      ("`\(CrateMetadata.name)`", "the run as a Provenance Run Crate 0.5 (RO-Crate 1.1)"),
    ]
    if !recipe.stages.isEmpty { rows.insert(("`stages/`", "stages of the lab's own"), at: 1) }
    if isSigned {
      rows.insert(
        ("`\(CrateNames.signature)`, `\(CrateNames.signers)`", "its signature, and the key that made it"), at: 2)
    }
    rows += tables.map { ("`\($0)`", "figures with all their digits") }
    for model in models {
      let signature = model.signature.map { ", `\($0)`" } ?? ""
      rows.append(("`\(model.path)/`\(signature)", "the weights of `\(model.name)`"))
    }
    return "| | |\n|---|---|\n" + rows.map { "| \($0.0) | \($0.1) |" }.joined(separator: "\n")
  }

  private var checks: String {
    var parts = ["## Checks", "Every file is as it was written:", block(["sha256sum --quiet -c \(CrateNames.sums)"])]
    if isSigned {
      parts += [
        "The claims are those of `\(imprint.lab)`, by OpenSSH alone. The key in `\(CrateNames.signers)` came with "
          + "them: compare it with the one that the lab shows elsewhere.",
        block([
          "ssh-keygen -Y verify -f \(CrateNames.signers) -I \(imprint.lab) -n \(Signatures.namespace) "
            + "-s \(CrateNames.signature) < \(CrateNames.claims)"
        ]),
      ]
    } else {
      parts.append("Nobody has signed the claims: whether they are right must be known in another way.")
    }
    parts += [
      "What is in `\(CrateNames.results)/`, and whether it is what was claimed; nothing is taken:",
      block(["bioarc import \(CrateNames.results) --dry-run"]),
    ]
    let signed = models.filter { $0.signature != nil }
    if !signed.isEmpty {
      parts += [
        "The weights are those that the owner of `\(ModelSigner.publicName)` has signed (PyPI: model-signing):",
        block(
          signed.map {
            "model_signing verify key \(ShellWord.quoted($0.path)) --signature \(ShellWord.quoted($0.signature ?? "")) "
              + "--public_key \(ModelSigner.publicName)"
          }),
      ]
    }
    return parts.joined(separator: "\n\n")
  }

  private var use: String {
    let sets = edition.session.request.overrides.map { " --set \(ShellWord.quoted($0.text))" }.joined()
    let commands =
      (isSigned ? ["bioarc trust add \(imprint.lab) KEY.pub"] : []) + [
        "bioarc import \(CrateNames.results) --store cache\(isSigned ? "" : " --unsigned")",
        "bioarc plan \(ShellWord.quoted(recipe.pipeline))\(sets)",
      ]
    let inputs = edition.session.plan.inputs.isEmpty ? "" : " With the inputs at the places that the pipeline names:"
    return """
      ## Use

      Take the results over, and see that nothing is left to compute.\(inputs)

      \(block(commands))
      """
  }

  private var notes: String {
    var lines = ["## Notes", ""]
    lines.append(
      "- Inputs of the pipeline are not in here; `\(CrateMetadata.name)` has their names and digests.")
    lines.append(
      "- In tables, a text that a spreadsheet would take for a formula has an apostrophe before it; numbers have none.")
    if summary.absent > 0 {
      lines.append(
        "- The bytes of \(Words.count(summary.absent, "object")) were gone, as of models that nothing reads.")
    }
    if summary.foreign > 0 {
      lines.append(
        "- \(Words.count(summary.foreign, "result")) of other labs are in `\(StepsTable.name)`, and not in the claims: "
          + "those labs' own bundles have them.")
    }
    if recipe.hasAbsolutePaths { lines.append("- The pipeline names inputs by absolute paths of the lab's machine.") }
    return lines.joined(separator: "\n")
  }

  private func block(_ commands: [String]) -> String { commands.map { "    " + $0 }.joined(separator: "\n") }
}
