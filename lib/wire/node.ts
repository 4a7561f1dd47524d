export {
  anchorNode, csrfNode, hiddenNode, imgNode, inputNode, methodNode, nodeName, profileSubmitNode, scriptNode, submitNode, textNode,
} from "./nodes/build";
export { sortNodes } from "./nodes/order";
export { clearMessages, isSecretField, placeFieldMessages, withFieldMessages, withFresh, withProblems, withValues } from "./nodes/form";
