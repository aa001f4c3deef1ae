import Artifacts
import Stores
import System

/// A record of somebody else with its identity, of which nothing was read before its digests were those of a claim.
struct ForeignRecord {
  let identity: StepIdentity
  let record: ResultRecord

  /// Throws `SharingError` for bytes that are not what was claimed, or that nothing here writes.
  init(identity: [UInt8], record: [UInt8], _ claim: Claims.Claim) throws {
    let key = claim.key
    let wrong = SharingError.malformed("the record of the step \(key.short) is not what was claimed of it")
    guard Digest.of(record) == claim.record else { throw wrong }
    do {
      self.identity = try StepIdentity(decoding: identity)
      self.record = try ResultRecord(decoding: record)
    } catch { throw SharingError.malformed("a record: \(error)") }
    guard self.identity.encoded() == identity, self.record.encoded() == record,
      Claims.Claim(self.record, key, claim.kind) == claim, self.record.claimant == nil
    else { throw wrong }
    try Self.check(self.record, key)
  }

  /// Whether a name has no control character, line ends and tabs among them.
  private static func isPlain(_ name: String) -> Bool {
    name.utf8.allSatisfy { $0 >= 0x20 } && ControlCharacters.escaped(name) == name
  }

  /// Throws unless what a record holds is that of its digests.
  private static func check(_ record: ResultRecord, _ key: Digest) throws {
    guard case .outputs(let outputs) = record.outcome else { return }
    for (port, output) in outputs {
      let wrong = SharingError.malformed(
        "the output '\(port)' of the step \(key.short) has other bytes than its digest")
      let own = Set(output.manifest?.entries.map(\.digest) ?? [output.artifact.digest])
      guard output.inline.allSatisfy({ Digest.of($1) == $0 && own.contains($0) }), output.artifact.size >= 0,
        (output.manifest != nil) == (output.artifact.layout == .tree)
      else { throw wrong }
      if let manifest = output.manifest {
        let bytes = manifest.encoded()
        guard manifest.isSound, bytes.count == output.artifact.size, Digest.of(bytes) == output.artifact.digest,
          manifest.entries.allSatisfy({ output.inline[$0.digest]?.count ?? $0.size == $0.size }),
          manifest.entries.allSatisfy({ Self.isPlain($0.name) })
        else { throw wrong }
      } else if let bytes = output.inline[output.artifact.digest], bytes.count != output.artifact.size {
        throw wrong
      }
    }
  }
}
