import Artifacts
import Files
import Remotes
import Signing
import Stores
import Testing

@testable import Sharing

/// Pushes that are signed after they were made.
@Suite(.enabled(if: Signer.isThere, "no ssh-keygen")) struct CountersignTests {
  @Test func `a bundle that is signed later is the one that was signed at once`() throws {
    let (plant, signer, files) = (try Plant(), try Signer(), MemoryFileSystem())
    var outgoing = Outgoing(plant.store, to: FolderRemote.open("/plain", files))
    _ = try outgoing.write(plant.keys, lab: "lab-a", sign: { _ in nil })
    let (plain, copy) = (FolderRemote.open("/plain", files), FolderRemote.open("/copy", files))
    for tag in try plain.tags() { try Push.read(tag, from: plain).copy(from: plain, to: copy) { _ in } }
    let signed = try Push.read(copy.tags()[0], from: copy).sign(at: copy) { try signer.sign($0) }
    #expect(try copy.tags() == [signed.name.tag])
    for blob in try RemoteCare(copy).unnamed(before: .infinity) { try copy.remove(blob.digest) }
    #expect(try Plant.archive("/copy", files) == plant.bundle(sign: { try signer.sign($0) }))
    #expect(try Trust(signers: signer.signers).verdict(signed) == .trusted)
  }

  @Test func `a push that is signed at the remote is the same push to its writer and its readers`() throws {
    let (plant, signer, store, remote) = (try Plant(), try Signer(), try Plant.empty(), PeersTests.remote())
    _ = try PeersTests.push(plant.store, Array(plant.keys.prefix(2)), to: remote)
    var heard: [String] = []
    let peers = { Peers(store, [Peer("r", remote)], trust: Trust(signers: signer.signers)) { heard.append($0) } }
    #expect(try peers().synchronize().strangers == ["lab-a": 1])
    _ = try Push.read(remote.tags()[0], from: remote).sign(at: remote) { try signer.sign($0) }
    let later = peers()
    #expect(try later.synchronize().pushes == 1 && heard.isEmpty, "\(heard)")
    #expect(try later.bring(PeersTests.steps(plant.keys)) == 2)
    // Its writer, which has no key, sends what is new alone, behind it.
    #expect(try PeersTests.push(plant.store, Array(plant.keys.prefix(2)), to: remote).isEmpty)
    #expect(try PeersTests.push(plant.store, plant.keys, to: remote).map(\.results) == [2])
    let numbers = try remote.tags().compactMap { PushName(tag: $0)?.number }
    #expect(numbers.sorted() == [1, 2])
  }
}
