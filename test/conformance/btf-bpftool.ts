import type { BtfSpec, BtfType } from "ebpf-ts/core";

const LINKAGE = ["static", "global", "extern"];

/** A record in the manner of `bpftool btf dump -j`, values of enums as text. */
export function toBpftool(spec: BtfSpec, type: BtfType): unknown {
  const { id } = type;
  const name = type.name || "(anon)";
  const upper = type.kind.toUpperCase();
  switch (type.kind) {
    case "void":
      return undefined;
    case "int": {
      const encoding = type.isSigned ? "SIGNED" : type.isChar ? "CHAR" : type.isBool ? "BOOL" : "(none)";
      const { sizeBytes: size, offsetBits: bits_offset, bits: nr_bits } = type;
      return { id, kind: "INT", name, size, bits_offset, nr_bits, encoding };
    }
    case "pointer":
      return { id, kind: "PTR", name, type_id: type.typeId };
    case "array":
      return { id, kind: upper, name, type_id: type.typeId, index_type_id: type.indexTypeId, nr_elems: type.count };
    case "struct":
    case "union": {
      const hasBitfields = type.members.some(({ bitfieldBits }) => bitfieldBits > 0);
      const members = type.members.map((member) => ({
        name: member.name || "(anon)",
        type_id: member.typeId,
        bits_offset: member.offsetBits,
        ...(hasBitfields && member.bitfieldBits > 0 && { bitfield_size: member.bitfieldBits }),
      }));
      return { id, kind: upper, name, size: type.sizeBytes, vlen: members.length, members };
    }
    case "enum": {
      const kind = spec.kindOf(id) === 6 ? "ENUM" : "ENUM64";
      const values = type.values.map(({ name, value }) => ({ name, val: String(value) }));
      return {
        id,
        kind,
        name,
        encoding: type.isSigned ? "SIGNED" : "UNSIGNED",
        size: type.sizeBytes,
        vlen: values.length,
        values,
      };
    }
    case "forward":
      return { id, kind: "FWD", name, fwd_kind: type.isUnion ? "union" : "struct" };
    case "function":
      return { id, kind: "FUNC", name, type_id: type.typeId, linkage: LINKAGE[type.linkage] };
    case "function-prototype": {
      const params = type.parameters.map(({ name, typeId }) => ({ name: name || "(anon)", type_id: typeId }));
      return { id, kind: "FUNC_PROTO", name, ret_type_id: type.returnTypeId, vlen: params.length, params };
    }
    case "variable":
      return { id, kind: "VAR", name, type_id: type.typeId, linkage: LINKAGE[type.linkage] };
    case "data-section": {
      const vars = type.variables.map(({ typeId, offset, sizeBytes }) => ({
        type_id: typeId,
        offset,
        size: sizeBytes,
      }));
      return { id, kind: "DATASEC", name, size: type.sizeBytes, vlen: vars.length, vars };
    }
    case "float":
      return { id, kind: upper, name, size: type.sizeBytes };
    case "declaration-tag":
      return { id, kind: "DECL_TAG", name, type_id: type.typeId, component_idx: type.component };
    case "type-tag":
      return { id, kind: "TYPE_TAG", name, type_id: type.typeId };
    default:
      return { id, kind: upper, name, type_id: type.typeId };
  }
}

/** Reads types in the form of {@link toBpftool} out of what bpftool wrote. */
export function parseBpftool(text: string): unknown[] {
  // 64-bit values are no numbers of JSON's.
  const { types } = JSON.parse(text.replaceAll(/"val":(-?\d+)/g, '"val":"$1"'));
  // Some versions (7.1) extend the sign of unsigned 32-bit values too.
  for (const { kind, encoding, values = [] } of types) {
    if (kind !== "ENUM" || encoding !== "UNSIGNED") continue;
    for (const value of values) value.val = String(BigInt.asUintN(32, BigInt(value.val)));
  }
  return types;
}
