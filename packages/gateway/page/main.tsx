import { render } from "preact";
import { App } from "./app.tsx";
// oxlint-disable-next-line import/no-unassigned-import
import "./style.css";

const place = document.getElementById("app");
if (place) render(<App />, place);
