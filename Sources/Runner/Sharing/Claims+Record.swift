package import Artifacts
import Wording

extension Claims.Claim {
  /// The claim that a record supports.
  package init(_ record: ResultRecord, _ key: Digest, _ kind: Claims.Kind = .computed) {
    (self.key, self.kind) = (key, kind)
    let facts = record.environment.sorted { $0.key.precedesInBytes($1.key) }.map { "\($0.key)=\($0.value)\n" }
    environment = String(Digest.of(Array(facts.joined().utf8)).hex.prefix(16))
    self.record = Digest.of(record.encoded())
    switch record.outcome {
    case .failure(let code, _): outcome = .failure(code: code)
    case .outputs(let outputs):
      outcome = .outputs(
        outputs.sorted { $0.key.precedesInBytes($1.key) }.map { port, output in
          Claims.Output(
            port: port, layout: output.artifact.layout, digest: output.artifact.digest, size: output.artifact.size)
        })
    }
  }
}

extension Claims.Outcome {
  /// Whether the row of a result says the same.
  func agrees(with row: ResultRow) -> Bool {
    switch self {
    case .failure: row.isFailure
    case .outputs(let outputs):
      !row.isFailure && outputs.count == row.outputs.count
        && zip(outputs, row.outputs).allSatisfy { $0.port == $1.port && $0.digest == $1.digest && $0.size == $1.size }
    }
  }
}

extension Claims.Claim {
  /// The claimed digests by port, or the code of a failure.
  var words: [String: String] {
    switch outcome {
    case .failure(let code): ["failed": code]
    case .outputs(let outputs): Dictionary(uniqueKeysWithValues: outputs.map { ($0.port, $0.digest.hex) })
    }
  }
}
