import Web
import Wording

/// One page of a list of a bucket's files.
struct S3Listing {
  /// Most bytes of a page, which has up to 1,000 names.
  static let mostBytes = 1 << 23
  /// Most files of a list.
  static let mostFiles = 10_000_000

  let files: [LayoutFile]
  /// The token that asks for the next page; nil on the last one.
  let next: String?

  init(decoding bytes: [UInt8]) throws(RemoteError) {
    guard let root = try? XMLElement(parsing: bytes), root.name == "ListBucketResult" else {
      throw .malformed("the answer is no list of a bucket")
    }
    let isEncoded = root["EncodingType"] == "url"
    var files: [LayoutFile] = []
    for item in root.all("Contents") {
      guard let key = item["Key"], let size = item["Size"].flatMap({ Int($0) }), size >= 0,
        let name = isEncoded ? WebAddress.decoded(String(key.map { $0 == "+" ? " " : $0 })) : key
      else { throw .malformed("the list of a bucket names a file without a name or a size") }
      files.append(LayoutFile(name: name, size: size, modified: item["LastModified"].flatMap(HTTPDate.iso)))
    }
    self.files = files
    next = root["IsTruncated"] == "true" ? root["NextContinuationToken"] : nil
    guard root["IsTruncated"] != "true" || next != nil else {
      throw .malformed("the list of a bucket goes on and does not say where")
    }
  }
}
