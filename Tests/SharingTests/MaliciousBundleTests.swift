import Artifacts
import Files
import Foundation
import TestSupport
import Testing

@testable import Remotes
@testable import Sharing

/// Bundles that somebody has made to do harm, taken by the built program on a person's word: each is refused with
/// little memory, and nothing is left of it.
@Suite struct MaliciousBundleTests {
  private static var table: [(String, () throws -> Bytes)] {
    [
      // Names.
      ("a path upwards", { try member("../evil") }),
      ("a path of the root", { try member("/etc/passwd") }),
      ("a path upwards behind a folder", { try member("blobs/sha256/../../evil") }),
      ("a path upwards behind a dot", { try member("./../evil") }),
      ("a name with an empty part", { try member(".//index.json") }),
      ("a backslash", { try member("blobs\\sha256\\" + String(repeating: "a", count: 64)) }),
      ("a drive", { try member("C:evil") }),
      ("a name in percents", { try member("%2e%2e%2fevil") }),
      ("a name that nothing has", { try member("readme") }),
      ("a name in capitals", { try member("INDEX.JSON") }),
      ("a digest in capitals", { try member("blobs/sha256/" + String(repeating: "A", count: 64)) }),
      ("a digest that is too long", { try member(blob + "a") }),
      ("a digest that is too short", { try member(String(blob.dropLast())) }),
      ("a name that fills its field", { try member(String(repeating: "a", count: 100)) }),
      ("a name in two parts", { try member(blob) { $0[345] = UInt8(ascii: "p") } }),
      ("orders to the terminal in a name", { try member("x\u{1B}[2J") }),
      ("a name with a line end", { try member("index.json\nevil") }),
      ("a name behind a zero", { try member("index.json\0../evil") }),
      ("a name that is no text", { try member("evil") { $0[0] = 0xFF } }),
      ("a second index", { try member("index.json") }),
      ("a second mark", { try member("./oci-layout") }),
      ("a blob twice", { try TarHeader(name: blob, size: 0).encoded() + member(blob) }),
      // Types.
      ("a hard link", { try type(UInt8(ascii: "1")) }),
      ("a symbolic link", { try type(UInt8(ascii: "2")) }),
      ("a character device", { try type(UInt8(ascii: "3")) }),
      ("a block device", { try type(UInt8(ascii: "4")) }),
      ("a pipe", { try type(UInt8(ascii: "6")) }),
      ("a contiguous file", { try type(UInt8(ascii: "7")) }),
      ("an extended header", { try type(UInt8(ascii: "x")) }),
      ("one for all", { try type(UInt8(ascii: "g")) }),
      ("a long name", { try type(UInt8(ascii: "L")) }),
      ("a long link", { try type(UInt8(ascii: "K")) }),
      ("a sparse file", { try type(UInt8(ascii: "S")) }),
      ("a folder's dump", { try type(UInt8(ascii: "D")) }),
      // Sizes.
      ("a size beyond the file", { try member(blob, size: 1 << 40) }),
      ("a size of all bits", { try sized(Bytes(repeating: 0xFF, count: 12)) }),
      ("a size beyond a word", { try sized([0x80, 1]) }),
      ("a negative size", { try sized(Array("-0000000001".utf8)) }),
      ("a size that is not octal", { try sized(Array("00000000999".utf8)) }),
      ("no size", { try sized([]) }),
      // Archives.
      ("a wrong sum", { try broken(blob) { $0[148] ^= 1 } }),
      ("no magic", { try broken(blob) { $0[257] = 0 } }),
      ("the end within a header", { Array(honest.prefix(300)) }),
      ("the end within a member", { Array(honest.prefix(700)) }),
      ("gzip", { [0x1F, 0x8B, 8, 0] + honest }), ("no archive", { Plant.large }), ("no byte", { [] }),
      ("zeros alone", { Bytes(repeating: 0, count: 10_240) }),
      // Layouts.
      ("no mark", { try changed(["oci-layout": nil]) }),
      ("no index", { try changed(["index.json": nil]) }),
      (
        "another mark",
        { try changed(["oci-layout": Array("{\"imageLayoutVersion\":\"2.0.0\"}".utf8)]) }
      ),
      (
        "a mark without end", { try changed(["oci-layout": Bytes(repeating: space, count: 1 << 20)]) }
      ),
      ("an index that is none", { try changed(["index.json": Array("{}".utf8)]) }),
      (
        "an index of deep lists",
        { try changed(["index.json": Bytes(repeating: UInt8(ascii: "["), count: 1 << 20)]) }
      ),
      ("an index of many lists", { try changed(["index.json": lists(10 << 20)]) }),
      (
        "an index beyond all bounds",
        { try changed(["index.json": Bytes(repeating: space, count: 33 << 20)]) }
      ),
      ("an index without pushes", { try changed(["index.json": Array("{\"manifests\":[]}".utf8)]) }),
      (
        "a push with a path for a name", { try indexed("p-../../evil", Array("{}".utf8), stating: 2) }
      ),
      (
        "a push under the name of another", { try indexed(files().tag, Array("{}".utf8), stating: 2) }
      ),
      (
        "a manifest that is not there",
        { try changed([LayoutIndex.name(of: .of(files().manifest)): nil]) }
      ),
      ("a manifest of another size", { try indexed(files().tag, files().manifest, stating: 5000) }),
      // Manifests.
      ("a manifest that is none", { try manifest { _ in "{" } }),
      (
        "a manifest of many lists",
        { try manifest { _ in String(decoding: lists(4 << 20), as: UTF8.self) } }
      ),
      (
        "a manifest without claims",
        { try manifest { $0.replacing(PushManifest.Part.claims.rawValue, with: "other") } }
      ),
      (
        "two claims",
        {
          try manifest {
            $0.replacing(
              PushManifest.Part.locations.rawValue, with: PushManifest.Part.claims.rawValue)
          }
        }
      ),
      ("a digest of another kind", { try manifest { $0.replacing("sha256:", with: "md5:") } }),
      ("a digest that is a path", { try manifest { $0.replacing("sha256:", with: "sha256:../") } }),
      ("negative sizes", { try manifest { $0.replacing("\"size\":", with: "\"size\":-") } }),
      (
        "sizes beyond all bounds",
        { try manifest { $0.replacing("\"size\":", with: "\"size\":9999999999") } }
      ),
      (
        "sizes that no number holds",
        { try manifest { $0.replacing("\"size\":", with: "\"size\":99999999999999999999") } }
      ),
      // Claims.
      (
        "claims in another order",
        {
          try text { text in
            var lines = text.split(separator: "\n").map(String.init)
            lines.swapAt(6, 7)
            return lines.joined(separator: "\n") + "\n"
          }
        }
      ),
      ("a claim twice", { try text { $0 + $0.split(separator: "\n").suffix(1).joined() + "\n" } }),
      (
        "a claim of one step alone",
        { try text { $0.split(separator: "\n").prefix(7).joined(separator: "\n") + "\n" } }
      ),
      ("claims of another lab", { try text { $0.replacing("lab lab-a", with: "lab lab-b") } }),
      ("a lab that is a path", { try text { $0.replacing("lab lab-a", with: "lab ../lab") } }),
      ("a lab with a zero", { try text { $0.replacing("lab lab-a", with: "lab lab\0a") } }),
      (
        "orders to the terminal in a code", { try text { $0.replacing("!late", with: "!\u{1B}[2J") } }
      ),
      (
        "a code without end",
        { try text { $0.replacing("!late", with: "!" + String(repeating: "x", count: 1000)) } }
      ),
      ("a port that is a path", { try text { $0.replacing(" out=", with: " ../out=") } }),
      (
        "a port without end",
        { try text { $0.replacing(" out=", with: " " + String(repeating: "o", count: 300) + "=") } }
      ),
      ("a port twice", { try text { $0.replacing(" out=", with: " out=f:\(Digest.zero):1 out=") } }),
      (
        "a size that no number holds",
        { try text { $0.replacing(":5\n", with: ":99999999999999999999\n") } }
      ),
      ("a negative size of an output", { try text { $0.replacing(":5\n", with: ":-5\n") } }),
      ("ends of lines as elsewhere", { try text { $0.replacing("\n", with: "\r\n") } }),
      ("claims that do not end", { try text { String($0.dropLast()) } }),
      (
        "claims that are no text",
        { try Plant.crafted([entry(pair)], claims: claims(), text: { $0 + [0xFF, 10] }) }
      ),
      (
        "claims that grow without end",
        {
          try Plant.crafted(
            [entry(pair)], claims: claims(), text: { _ in Bytes(repeating: 10, count: 60 << 20) })
        }
      ),
      // Places.
      ("a place that is negative", { try places { $0.replacing(" 0 ", with: " -1 ") } }),
      ("a place beyond the blob", { try places { $0.replacing(" 0 ", with: " 1 ") } }),
      ("a place beyond all numbers", { try places { $0.replacing(" 0 ", with: " \(Int.max) ") } }),
      (
        "a place in a blob of nobody",
        {
          try places { $0.replacing($0.split(separator: " ")[3], with: Digest.zero.hex) }
        }
      ),
      ("places that overlap", { try places { $0 + $0.split(separator: "\n")[1] + "\n" } }),
      (
        "more records than a frame has",
        { try places { $0.replacing("records 1", with: "records 1048576") } }
      ),
      ("no place", { try places { String($0.split(separator: "\n")[0]) + "\n" } }),
      (
        "places without end",
        {
          try Plant.crafted(
            [entry(pair)], claims: claims(), places: { _ in Bytes(repeating: 10, count: 60 << 20) })
        }
      ),
      // Frames.
      ("a frame that grows without end", { try frames { _ in try bomb(100 << 20) } }),
      (
        "a frame with a window of 2 GiB",
        { try frames { _ in [0x28, 0xB5, 0x2F, 0xFD, 0, 0xA8, 1, 0, 0] } }
      ),
      ("a frame of another format", { try frames { $0 } }),
      ("a frame that is cut", { try frames { Array(try Plant.compressed($0).dropLast(4)) } }),
      (
        "a frame that is skipped",
        { try frames { _ in [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4] } }
      ),
      (
        "lengths beyond all numbers",
        { try frames { _ in try Plant.compressed(Bytes(repeating: 0xFF, count: 40)) } }
      ),
      (
        "lengths whose sum is beyond",
        {
          try frames { _ in
            try Plant.compressed(
              [0x7F] + Bytes(repeating: 0xFF, count: 7) + [0x7F] + Bytes(repeating: 0xFF, count: 7))
          }
        }
      ),
      // Records.
      (
        "a record of another step",
        {
          try Plant.crafted([(Plant.identity(9).encoded(), pair.1.encoded())], claims: claims())
        }
      ),
      (
        "another record",
        { try Plant.crafted([(pair.0.encoded(), second.1.encoded())], claims: claims()) }
      ),
      (
        "bytes behind a record",
        { try Plant.crafted([(pair.0.encoded(), pair.1.encoded() + [0])], claims: claims()) }
      ),
      (
        "bytes of another digest",
        {
          let artifact = Plant.file(Plant.small, inline: true).artifact
          return try output(
            .init(artifact: artifact, manifest: nil, inline: [artifact.digest: Plant.large]))
        }
      ),
      (
        "bytes of nobody",
        {
          let artifact = Plant.file(Plant.small, inline: true).artifact
          return try output(
            .init(artifact: artifact, manifest: nil, inline: [.of(Plant.large): Plant.large]))
        }
      ),
      (
        "a tree without files' names",
        {
          try output(
            .init(
              artifact: Plant.tree([("a", Plant.small, true)]).artifact, manifest: TreeManifest([]),
              inline: [:]))
        }
      ),
      ("a tree whose file climbs", { try tree([("../../evil", 5)]) }),
      ("a tree with a file of the root", { try tree([("/etc/passwd", 5)]) }),
      ("a tree with a folder", { try tree([("a/b", 5)]) }),
      ("a tree with a dot", { try tree([(".", 5)]) }),
      ("a tree with a hidden file", { try tree([("..", 5)]) }),
      ("a tree with a zero", { try tree([("a\0b", 5)]) }),
      ("a tree with orders to the terminal", { try tree([("a\u{1B}[2J", 5)]) }),
      ("a tree with a name without end", { try tree([(String(repeating: "a", count: 300), 5)]) }),
      ("a tree with a file twice", { try tree([("a", 5), ("a", 5)]) }),
      ("a tree with a negative size", { try tree([("a", -1)]) }),
      ("a tree with no name", { try tree([("", 5)]) }),
    ]
  }

  // MARK: Tests

  /// Every file of a folder with its size, but for the bundle itself.
  private static func contents(_ workspace: Workspace) -> [String: Int] {
    var sizes: [String: Int] = [:]
    for case let path as String in FileManager.default.enumerator(atPath: workspace.folder.path)
      ?? .init()
    where path != "bundle.tar" {
      let facts = try? FileManager.default.attributesOfItem(atPath: workspace.path(path))
      sizes[path] =
        facts?[.type] as? FileAttributeType == .typeDirectory ? 0 : facts?[.size] as? Int
    }
    return sizes
  }

  /// Takes a bundle by the built program, which may have 64 MiB for its data.
  private static func take(_ bytes: Bytes, in workspace: Workspace) throws -> Execution {
    try Data(bytes).write(to: URL(fileURLWithPath: workspace.path("bundle.tar")))
    let process = workspace.process([])
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c", "ulimit -d 65536; exec \"$0\" import bundle.tar --unsigned", Repository.program.path,
    ]
    return try Workspace.finish(process)
  }

  @Test func `bundles that are made to do harm are refused, and leave nothing`() throws {
    let workspace = try Workspace()
    #expect(Self.table.count >= 60 && Set(Self.table.map(\.0)).count == Self.table.count)
    // One that is right is taken, with as little memory.
    let first = try Self.take(Self.honest, in: workspace)
    #expect(
      first.status == 0 && first.output.contains("4 results taken"),
      "\(first.output)\(first.errors)")
    #expect(try Self.take(Self.honest, in: workspace).status == 0)
    let before = Self.contents(workspace)
    for (name, bytes) in Self.table {
      let refused = try Self.take(bytes(), in: workspace)
      #expect(
        refused.status == 1 && refused.errors.hasPrefix("error: "),
        "\(name): \(refused.status) \(refused.errors)")
      #expect(
        !(refused.errors + refused.output).unicodeScalars.contains { $0.value < 32 && $0 != "\n" },
        "\(name)")
      #expect(Self.contents(workspace) == before, "\(name) left something")
    }
    #expect(try workspace.bioarc("fsck").status == 0)
    print("figure: \(Self.table.count) bundles that are made to do harm are refused within 64 MiB")
  }

  /// The results of such a bundle are what was claimed; the bytes beside them are not.
  @Test func `objects that are made to do harm are left`() throws {
    let digest = Digest.of(Plant.large)
    let step = (Plant.identity(2), Plant.results[1].1)
    let frame = try Plant.compressed(Plant.large)
    let whole: (Bytes) -> Bytes = { $0 }
    let table: [(String, Bytes, places: (Bytes) -> Bytes)] = [
      ("a bomb", try Self.bomb(100 << 20), whole),
      ("other bytes", try Plant.compressed(Plant.large.reversed()), whole),
      ("fewer bytes", try Plant.compressed(Plant.large.dropLast()), whole),
      ("no frame", Plant.large, whole),
      ("a window of 2 GiB", [0x28, 0xB5, 0x2F, 0xFD, 0, 0xA8, 1, 0, 0], whole),
      (
        "a length beyond the blob", frame,
        { Self.replaced($0, " \(frame.count)\n", " \(1 << 44)\n") }
      ),
      ("a place in the claims", frame, { Self.replaced($0, "5000 ", "\(1 << 44) ") }),
    ]
    for (name, bytes, places) in table {
      let workspace = try Workspace()
      let bundle = try Plant.crafted(
        [Self.entry(step)], claims: Self.claims([step]),
        objects: [(digest, size: Plant.large.count, frame: bytes)], places: places)
      let taken = try Self.take(bundle, in: workspace)
      #expect(
        taken.output.contains("1 result taken"),
        "\(name): \(taken.status) \(taken.output)\(taken.errors)")
      #expect(
        name.contains("place") || !taken.output.contains("1 object"), "\(name): \(taken.output)")
      #expect(
        !Self.contents(workspace).keys.contains {
          $0.hasPrefix("cache/tmp/") || $0.contains(digest.hex) || $0 == "evil"
        })
      #expect(try workspace.bioarc("fsck").status == 0, "\(name)")
    }
  }

  private static func replaced(_ bytes: Bytes, _ old: String, _ new: String) -> Bytes {
    Array(String(decoding: bytes, as: UTF8.self).replacing(old, with: new).utf8)
  }
}
