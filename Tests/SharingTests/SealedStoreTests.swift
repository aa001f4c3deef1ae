import Artifacts
import Files
import Remotes
import Stores
import TestSupport
import Testing

@testable import Sharing

/// Stores that cannot be written to: what they have counts, and no error comes of the rest.
@Suite(.enabled(if: Signer.isThere, "no ssh-keygen")) struct SealedStoreTests {
  @Test func `a sealed store is read, and takes nothing with one warning`() throws {
    let (plant, signer, remote) = (try Plant(), try Signer(), PeersTests.remote())
    _ = try PeersTests.push(plant.store, Array(plant.keys.prefix(2)), to: remote, signer: signer)
    let memory = MemoryFileSystem()
    let store = try Store(root: "/store", fileSystem: memory, create: true)
    let steps = PeersTests.steps(plant.keys)
    var heard: [String] = []
    let peers = { (store: Store) in
      Peers(store, [Peer("r", remote)], trust: Trust(signers: signer.signers)) { heard.append($0) }
    }
    let open = peers(store)
    #expect(try open.synchronize().pushes == 1)
    #expect(try open.bring(steps) == 2)
    try store.close()
    // Verdicts that are gone cannot be noted, and are found again; a push that is new cannot be kept.
    for name in try memory.names("/store/pushes") where name.hasSuffix(".verdict") {
      try memory.remove("/store/pushes/\(name)")
    }
    _ = try PeersTests.push(plant.store, plant.keys, to: remote, signer: signer)
    let sealed = try Store(root: "/store", fileSystem: FailingFileSystem(memory, .sealed), create: false)
    let later = peers(sealed)
    #expect(try later.synchronize().pushes == 0 && heard.count == 1, "\(heard)")
    #expect(heard.first?.contains("cannot be written to") == true, "\(heard)")
    #expect(try later.bring(steps) == 0 && heard.count == 1)
    for step in steps.prefix(2) {
      #expect(try later.believes(#require(try sealed.row(step.key)), of: step))
      #expect(try later.testimonies(on: step) == [.init(lab: "lab-a", agrees: true, obstacle: nil)])
    }
    #expect(try later.disputes { _ in nil }.isEmpty)

    // Claims that are known, and whose records are not here.
    let other = MemoryFileSystem()
    let claimed = try Store(root: "/store", fileSystem: other, create: true)
    try peers(claimed).synchronize()
    try claimed.close()
    heard = []
    let bare = peers(try Store(root: "/store", fileSystem: FailingFileSystem(other, .sealed), create: false))
    #expect(try bare.bring(steps) == 0 && bare.outOfReach == 0 && heard.count == 1, "\(heard)")
  }
}
