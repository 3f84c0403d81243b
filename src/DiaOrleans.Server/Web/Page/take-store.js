const DATABASE = "dia-takes";
const STORE = "takes";

let opened = null;

/** Opens the browser's database of takes. It is refused in some private windows. */
function database() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

/** Runs an action in a transaction; resolves to its result after the transaction is on the disk. */
async function run(mode, action) {
  const transaction = (await database()).transaction(STORE, mode);
  const request = action(transaction.objectStore(STORE));
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** All takes, the oldest first. */
export const storedTakes = () => run("readonly", store => store.getAll());

/** Stores a take, new or removed before; resolves to its id. */
export const storeTake = take => run("readwrite", store => store.put(take));

export const removeTake = id => run("readwrite", store => store.delete(id));

export const removeTakes = () => run("readwrite", store => store.clear());
