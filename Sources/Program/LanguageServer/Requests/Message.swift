package import JSON
import Texts

/// Messages of JSON-RPC 2.0, as values.
package enum Message {
  static func answer(_ id: JSON, _ result: JSON) -> JSON { ["jsonrpc": "2.0", "id": id, "result": result] }

  /// The answer to a request that failed; `id` is null where that is not known.
  package static func answer(_ id: JSON, _ fault: Fault) -> JSON {
    ["jsonrpc": "2.0", "id": id, "error": ["code": .int(fault.code.rawValue), "message": .string(fault.message)]]
  }

  static func notification(_ method: String, _ params: JSON) -> JSON {
    ["jsonrpc": "2.0", "method": .string(method), "params": params]
  }

  static func request(_ id: String, _ method: String, _ params: JSON?) -> JSON {
    (["jsonrpc": "2.0", "id": .string(id), "method": .string(method)] as JSON).with(["params": params])
  }
}
