// What a request is counted by when somebody asks: see `keyOf` of src/engine/count-hit.ts.
import { intern, Kind, Name, TEXT_AT } from './names.ts';
import { Line } from './record.ts';

const PATH_MAX: u32 = 200;

/** What the request is counted under, in the order of DIMENSIONS in src/model/traffic-query.ts; `dash` where it has none. */
export function dimension(which: i32, line: Line, method: u32, status: u32, dash: u32): u32 {
  let name: u32 = 0;
  switch (which) {
    case 0:
      return line.addressName;
    case 1:
      name = changetype<Name>(line.addressName).link;
      break;
    case 2: {
      // What is cut is no path that anything is known of: it is named apart, and so is what has just that length.
      const path = line.pathName;
      name =
        changetype<Name>(path).length >= PATH_MAX
          ? intern(Kind.Folded, path + TEXT_AT, bytesOf(path + TEXT_AT, changetype<Name>(path).length, PATH_MAX))
          : path;
      break;
    }
    case 3:
      return line.endpointName;
    case 4:
      name = line.agentName;
      break;
    case 5:
      name = line.refererName;
      break;
    case 6:
      name = line.hostName;
      break;
    case 7:
      return method;
    default:
      return status;
  }
  return name ? name : dash;
}

/** Bytes of so many characters, as JavaScript counts them: one beyond 16 bits counts twice, and is not cut in two. */
function bytesOf(text: usize, length: u32, characters: u32): u32 {
  let at: u32 = 0;
  while (at < length) {
    const first = load<u8>(text + at);
    const units: u32 = first >= 0xf0 ? 2 : 1;
    if (units > characters) break;
    characters -= units;
    at += first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  }
  return min(at, length);
}
