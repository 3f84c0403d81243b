// Scalar takes what is before /docs/ in the page's address for the address of the server. The page is served at /docs and at /redoc.
history.replaceState(null, "", location.pathname.replace(/\/(docs|redoc)$/, "/docs/") + location.hash);
